/**
 * `npm run dev:mock`: the whole app on an API and a socket that live in this page. Address parameters: ?signed-out
 * starts at the sign-in page, ?quiet keeps the customers silent, ?slow answers late, ?offline never connects.
 */
import { openSessions, product, secondFactor } from "./personal";
import { MockServer, departments, members, number, problem } from "./server";
import { fixtureMediaUrl } from "@/features/conversation/messages/fixture-media";
import { start } from "@/app/start";
import { writeStored } from "@/lib/storage";
import type { Transport } from "@/lib/live/transport";
import type { MediaView } from "@/lib/wire/protocol.gen";

const flags = new URLSearchParams(location.search);
const server = new MockServer();
const LATENCY_MS = flags.has("slow") ? 1_500 : 60;
let signedIn = !flags.has("signed-out");

function wait(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, LATENCY_MS * (0.6 + Math.random() * 0.8)));
}

function answer(body: unknown, status = 200): Response {
  return status === 204 ? new Response(null, { status }) : Response.json(body, { status });
}

function route(method: string, url: URL, body: unknown): Response {
  const path = url.pathname.replace("/api/v1", "");
  const conversation = /^\/conversations\/([^/]+)(\/messages)?$/.exec(path);
  if (path === "/auth/sign-in") {
    const { password } = body as { password: string };
    if (password !== "prosa") return answer(problem("wrong_credentials", 401), 401);
    signedIn = true;
    return answer({ outcome: "signed_in", ...server.signedIn() });
  }
  if (path === "/auth/refresh")
    return signedIn ? answer(server.signedIn()) : answer(problem("unauthenticated", 401), 401);
  if (path === "/auth/sign-out") {
    signedIn = false;
    return answer(null, 204);
  }
  if (path === "/me") return answer(server.session());
  if (path === "/me/sessions") return answer(openSessions);
  if (path === "/me/second-factor") return answer(secondFactor);
  if (path === "/me/passkeys") return answer([]);
  if (path === "/product") return answer(product);
  if (path === "/members") return answer(members);
  if (path === "/departments") return answer(departments);
  if (path === "/numbers") return answer([number]);
  if (path === "/tickets/counts") return answer(server.counts());
  if (path === "/tickets") return answer(server.tickets(url.searchParams));
  if (conversation?.[1] !== undefined) {
    const view = server.conversation(conversation[1]);
    if (view === null) return answer(problem("not_found", 404), 404);
    return answer(conversation[2] === undefined ? view : server.messages(conversation[1], url.searchParams));
  }
  return answer(problem(`not_found ${method}`, 404), 404);
}

const realFetch = window.fetch.bind(window);
window.fetch = async (input, init) => {
  const url = new URL(input instanceof Request ? input.url : input, location.href);
  if (!url.pathname.startsWith("/api/")) return realFetch(input, init);
  await wait();
  if (flags.has("offline") && !url.pathname.includes("/auth/")) throw new TypeError("Failed to fetch");
  const body: unknown = typeof init?.body === "string" ? JSON.parse(init.body) : null;
  return route(init?.method ?? "GET", url, body);
};

/** Uploads: the only thing that the app does by XMLHttpRequest. */
class MockUpload {
  upload: {
    onprogress: ((event: { lengthComputable: true; loaded: number; total: number }) => void) | null;
  } = { onprogress: null };
  onload: (() => void) | null = null;
  status = 201;
  response: MediaView | null = null;
  open(): void {}
  setRequestHeader(): void {}
  send(form: FormData): void {
    const file = form.get("file") as File;
    let share = 0;
    const timer = setInterval(() => {
      share += 0.2;
      this.upload.onprogress?.({ lengthComputable: true, loaded: share, total: 1 });
      if (share < 1) return;
      clearInterval(timer);
      const view: MediaView = {
        id: crypto.randomUUID(),
        state: "stored",
        mime_type: file.type,
        file_name: file.name,
        size: file.size,
        width: null,
        height: null,
        duration_ms: null,
      };
      server.media.set(view.id, { view, blob: file });
      this.response = view;
      this.onload?.();
    }, 250);
  }
}
Object.assign(window, { XMLHttpRequest: MockUpload });

let cut = false;
const opened: Transport[] = [];

function openMockTransport(): Transport {
  const handlers = new Map<string, (payload: unknown) => void>();
  let connected = false;
  const tell = (event: string, payload: unknown) => handlers.get(event)?.(structuredClone(payload));
  const transport: Transport = {
    connect(auth) {
      setTimeout(() => {
        if (flags.has("offline") || cut) {
          tell("connect_error", null);
          return;
        }
        connected = true;
        server.emit = tell;
        const cursor = auth.cursor as number | null;
        const missed = cursor === null ? [] : server.log.filter((item) => item.seq > cursor);
        if (missed.length > 0) tell("events", missed);
        tell("ready", {
          seq: server.seq,
          resumed: cursor !== null,
          user_id: server.session().user.id,
          account_id: "acc",
        });
      }, LATENCY_MS);
    },
    disconnect() {
      if (!connected) return;
      connected = false;
      server.emit = null;
      tell("disconnect", null);
    },
    on: (event, handler) => handlers.set(event, handler),
    emit(event, payload, acknowledge) {
      setTimeout(() => {
        if (connected) acknowledge(structuredClone(server.command(event as "typing", payload as never)));
      }, LATENCY_MS);
    },
    lastHeardAt: () => Date.now(),
  };
  // For trying things out in the console: prosa.cut(true), prosa.write(conversationId)
  Object.assign(window, {
    prosa: {
      cut(value: boolean) {
        cut = value;
        if (value) for (const open of opened) open.disconnect();
      },
      write: (conversationId?: string) => server.customerWrites(conversationId),
      show: (event: string, payload: unknown) => tell(event, payload),
    },
  });
  opened.push(transport);
  return transport;
}

if (!flags.has("quiet")) setInterval(() => server.customerWrites(), 4_000);

/** Files of fixtures are made in this page; everything else was uploaded in it. */
function mockMediaUrl(mediaId: string): string {
  const uploaded = server.media.get(mediaId);
  return uploaded ? URL.createObjectURL(uploaded.blob) : fixtureMediaUrl(mediaId);
}

// As if somebody had signed in here before: the app asks for the session only then.
writeStored("prosa.was-here", signedIn ? true : null);
void start(openMockTransport, mockMediaUrl);
