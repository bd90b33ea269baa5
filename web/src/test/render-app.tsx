/** Renders a part of the app with everything around it that it needs: a session, a cache, a socket, an outbox, routes. */
import { MantineProvider } from "@mantine/core";
import { QueryClientProvider, type QueryClient } from "@tanstack/react-query";
import {
  RouterProvider,
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
} from "@tanstack/react-router";
import { act, render } from "@testing-library/react";
import type { ReactNode } from "react";
import { vi } from "vitest";
import { registerAreaTexts } from "@/app/languages/texts";
import { buildQueryClient } from "@/app/query-client";
import { Outbox } from "@/features/conversation/model/outbox";
import { OutboxProvider } from "@/features/conversation/model/outbox-context";
import { loadAllTexts, registerLanguage, startI18n } from "@/lib/i18n/i18n";
import { LiveProvider } from "@/lib/live/live-context";
import { LiveSocket } from "@/lib/live/live-socket";
import { sessionState } from "@/lib/session";
import type { SessionView } from "@/lib/wire/openapi.gen";
import { FakeTransport } from "@/test/fake-transport";
import { ME } from "@/test/builders";

registerLanguage("pt-BR", async () => (await import("@/app/languages/pt-BR")).default);
registerLanguage("en", async () => (await import("@/app/languages/en")).default);
registerAreaTexts();

export const SESSION: SessionView = {
  user: { id: ME, name: "Ana Lima", email: "ana@x.example", locale: "pt-BR" },
  account: {
    id: "a1",
    name: "Casa",
    locale: "pt-BR",
    time_zone: "America/Sao_Paulo",
    brand_color: null,
    logo_url: null,
    state: "active",
  },
  role: "operator",
  role_name: null,
  department_ids: ["d1"],
  permissions: ["inbox", "contacts.edit", "contacts.reveal"],
  is_super_admin: false,
  impersonated_by: null,
  accounts: [{ id: "a1", name: "Casa", role: "operator", state: "active" }],
  second_factor: false,
};

/** Answers REST by path, or by method and path ("POST /roles"); what is not named is 404. */
export function stubApi(answers: Record<string, unknown>): ReturnType<typeof vi.fn> {
  const call = vi.fn((input: string, init?: RequestInit) => {
    const path = new URL(input, "http://x").pathname.replace("/api/v1", "");
    const body = answers[`${init?.method ?? "GET"} ${path}`] ?? answers[path];
    if (body instanceof Response) return Promise.resolve(body.clone());
    if (body === undefined)
      return Promise.resolve(
        Response.json({ code: "not_found", status: 404, title: "x", type: "x" }, { status: 404 }),
      );
    return Promise.resolve(Response.json(body));
  });
  vi.stubGlobal("fetch", call);
  return call;
}

interface Rendered {
  cache: QueryClient;
  transport: FakeTransport;
  live: LiveSocket;
  outbox: Outbox;
}

/** `isLive`: the socket is connected before the first paint. */
export async function renderApp(
  part: ReactNode,
  { isLive = true, path = "/inbox/mine", session = SESSION } = {},
): Promise<Rendered> {
  await startI18n("pt-BR");
  await loadAllTexts();
  sessionState.set({ status: "signed-in", session });
  const transport = new FakeTransport();
  const nothing = () => undefined;
  const live = new LiveSocket({
    transport,
    token: () => Promise.resolve("token"),
    handlers: {
      onEvents: nothing,
      onEphemeral: nothing,
      onResync: nothing,
      onReady: nothing,
      onSignedOut: nothing,
      onAccessChanged: nothing,
    },
  });
  live.start();
  if (isLive) transport.ready(1);
  const outbox = new Outbox(
    {
      send: async (message) => (await live.send("send_message", message)).message,
      upload: () => Promise.reject(new Error("no upload here")),
      sent: nothing,
    },
    ME,
  );
  const cache = buildQueryClient();
  const root = createRootRoute();
  const routes = [
    "/inbox/$view",
    "/inbox/$view/$conversationId",
    "/sign-in",
    "/settings",
    "/settings/$page",
    "/",
  ].map((to) => createRoute({ getParentRoute: () => root, path: to, component: () => part }));
  const router = createRouter({
    routeTree: root.addChildren(routes),
    history: createMemoryHistory({ initialEntries: [path] }),
  });
  await act(async () => {
    await router.load();
    render(
      <MantineProvider env="test">
        <QueryClientProvider client={cache}>
          <LiveProvider value={live}>
            <OutboxProvider value={outbox}>
              <RouterProvider router={router as never} />
            </OutboxProvider>
          </LiveProvider>
        </QueryClientProvider>
      </MantineProvider>,
    );
  });
  return { cache, transport, live, outbox };
}
