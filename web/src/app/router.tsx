import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import { Crash, Splash, Unreachable } from "@/app/splash";
import { TICKET_LISTS, type TicketListName } from "@/lib/api/queries";
import { loadTexts } from "@/lib/i18n/i18n";
import type { OpenTransport } from "@/lib/live/transport";
import { restoreSession, sessionState } from "@/lib/session";
import type { Permission } from "@/lib/wire/openapi.gen";

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

/** Links in mails carry their secret as `?token=`. */
function parseToken(search: Record<string, unknown>): { token?: string } {
  return typeof search.token === "string" && search.token !== "" ? { token: search.token } : {};
}

function parseTexts(search: Record<string, unknown>): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(search)) {
    if (typeof value === "string" || typeof value === "number") texts[name] = String(value);
  }
  return texts;
}

const root = createRootRouteWithContext<RouterContext>()({ errorComponent: Crash });

/** Everything before the session: one frame, whose texts come with it. */
const entrance = createRoute({
  getParentRoute: () => root,
  id: "entrance",
  loader: () => loadTexts("forms", "auth"),
  pendingComponent: Splash,
  pendingMs: 120,
  errorComponent: Unreachable,
  component: lazyRouteComponent(() => import("@/app/entrance-routes"), "EntranceRoute"),
});

const signIn = createRoute({
  getParentRoute: () => entrance,
  path: "/sign-in",
  validateSearch: (search): { next?: string } =>
    // Only a path of ours: never an address that leads elsewhere.
    typeof search.next === "string" && /^\/(?![/\\])/.test(search.next) ? { next: search.next } : {},
  beforeLoad: async () => {
    // An unreachable server is the sign-in form's to tell.
    if ((await restoreSession().catch(() => null)) !== null) throw redirect({ to: "/" });
  },
  component: lazyRouteComponent(() => import("@/app/entrance-routes"), "SignInRoute"),
});

const forgotPassword = createRoute({
  getParentRoute: () => entrance,
  path: "/forgot-password",
  component: lazyRouteComponent(() => import("@/app/entrance-routes"), "ForgotPasswordRoute"),
});

const resetPassword = createRoute({
  getParentRoute: () => entrance,
  path: "/reset-password",
  validateSearch: parseToken,
  component: lazyRouteComponent(() => import("@/app/entrance-routes"), "ResetPasswordRoute"),
});

const invitation = createRoute({
  getParentRoute: () => entrance,
  path: "/invitation",
  validateSearch: parseToken,
  component: lazyRouteComponent(() => import("@/app/entrance-routes"), "InvitationRoute"),
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
  getParentRoute: () => shell,
  path: "/",
  beforeLoad: goHome,
});

const inboxHome = createRoute({
  getParentRoute: () => shell,
  path: "/inbox",
  beforeLoad: goHome,
});

/** Where somebody begins: whoever has no inbox begins with what is theirs. */
function goHome(): never {
  if (mayUse("inbox")) throw redirect({ to: "/inbox/$view", params: { view: "mine" } });
  throw redirect({ to: "/settings/$page", params: { page: firstSettingsPage() } });
}

function mayUse(permission: Permission): boolean {
  const state = sessionState.get();
  return state.status !== "signed-in" || state.session.permissions.includes(permission);
}

/** Whoever looks at the company's figures and answers nobody (a Client) is at home with them. */
function firstSettingsPage(): string {
  return !mayUse("inbox") && mayUse("reports.view") ? "usage" : "profile";
}

const inbox = createRoute({
  getParentRoute: () => shell,
  path: "/inbox/$view",
  params: {
    parse: ({ view }) => ({ view: parseView(view) }),
    stringify: ({ view }) => ({ view }),
  },
  validateSearch: parseInboxSearch,
  beforeLoad: () => {
    if (!mayUse("inbox")) goHome();
  },
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

const settings = createRoute({
  getParentRoute: () => shell,
  path: "/settings",
  loader: () => loadTexts("forms", "settings"),
  component: lazyRouteComponent(() => import("@/app/settings/settings-route"), "SettingsRoute"),
});

const settingsHome = createRoute({
  getParentRoute: () => settings,
  path: "/",
  beforeLoad: () => {
    // Wide screens show a page beside the list; as settings-route.module.css.
    if (!window.matchMedia("(max-width: 700px)").matches)
      throw redirect({ to: "/settings/$page", params: { page: firstSettingsPage() }, replace: true });
  },
});

const settingsPage = createRoute({
  getParentRoute: () => settings,
  path: "/$page",
  /** Filters of a page are its own: see lib/use-url-filter. */
  validateSearch: parseTexts,
  loader: async ({ params }) => {
    const { findSettingsPage } = await import("@/app/settings/pages");
    await loadTexts(...(findSettingsPage(params.page)?.texts ?? []));
  },
  component: lazyRouteComponent(() => import("@/app/settings/settings-route"), "SettingsPageRoute"),
});

const routeTree = root.addChildren([
  entrance.addChildren([signIn, forgotPassword, resetPassword, invitation]),
  shell.addChildren([
    home,
    inboxHome,
    inbox.addChildren([noConversation, conversation]),
    settings.addChildren([settingsHome, settingsPage]),
  ]),
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
