import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import { Crash, Splash, Unreachable } from "@/app/splash";
import { TICKET_LISTS, type TicketListName } from "@/lib/api/queries";
import type { OpenTransport } from "@/lib/live/transport";
import { restoreSession } from "@/lib/session";

interface RouterContext {
  openTransport: OpenTransport;
}

/** What the list is narrowed to; absent: not narrowed. */
export interface InboxSearch {
  q?: string;
  unread?: true;
  department?: string;
}

function parseInboxSearch(search: Record<string, unknown>): InboxSearch {
  const { q, unread, department } = search;
  return {
    // The router reads a search for a protocol number as a number.
    ...((typeof q === "string" || typeof q === "number") && q !== "" && { q: String(q) }),
    ...((unread === true || unread === "true") && { unread: true as const }),
    ...(typeof department === "string" && department !== "" && { department }),
  };
}

function parseView(text: string): TicketListName {
  return TICKET_LISTS.find((view) => view === text) ?? "mine";
}

const root = createRootRouteWithContext<RouterContext>()({ errorComponent: Crash });

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search): { next?: string } =>
    // Only a path of ours: never an address that leads elsewhere.
    typeof search.next === "string" && /^\/(?!\/)/.test(search.next) ? { next: search.next } : {},
  component: lazyRouteComponent(() => import("@/app/sign-in-route"), "SignInRoute"),
});

const shell = createRoute({
  getParentRoute: () => root,
  id: "shell",
  beforeLoad: async ({ location }) => {
    const session = await restoreSession();
    if (session === null) throw redirect({ to: "/sign-in", search: { next: location.href } });
  },
  pendingComponent: Splash,
  pendingMs: 120,
  errorComponent: Unreachable,
  component: lazyRouteComponent(() => import("@/app/shell"), "Shell"),
});

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/inbox/$view", params: { view: "mine" } });
  },
});

const inboxHome = createRoute({
  getParentRoute: () => root,
  path: "/inbox",
  beforeLoad: () => {
    throw redirect({ to: "/inbox/$view", params: { view: "mine" } });
  },
});

const inbox = createRoute({
  getParentRoute: () => shell,
  path: "/inbox/$view",
  params: {
    parse: ({ view }) => ({ view: parseView(view) }),
    stringify: ({ view }) => ({ view }),
  },
  validateSearch: parseInboxSearch,
  component: lazyRouteComponent(() => import("@/app/inbox-route"), "InboxRoute"),
});

const noConversation = createRoute({
  getParentRoute: () => inbox,
  path: "/",
  component: lazyRouteComponent(() => import("@/app/inbox-route"), "NoConversation"),
});

const conversation = createRoute({
  getParentRoute: () => inbox,
  path: "/$conversationId",
  component: lazyRouteComponent(() => import("@/app/inbox-route"), "ConversationRoute"),
});

const routeTree = root.addChildren([
  home,
  inboxHome,
  signIn,
  shell.addChildren([inbox.addChildren([noConversation, conversation])]),
]);

export function buildRouter(openTransport: OpenTransport) {
  return createRouter({
    routeTree,
    context: { openTransport },
    defaultErrorComponent: Crash,
    defaultNotFoundComponent: Crash,
    // Lists and conversations scroll inside their own panes.
    scrollRestoration: false,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof buildRouter>;
  }
}
