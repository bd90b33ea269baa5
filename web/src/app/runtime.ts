import { applyEvents } from "@/app/live/apply-events";
import { Notifier } from "@/app/live/notifier";
import { Recounter } from "@/app/live/recounter";
import { buildQueryClient } from "@/app/query-client";
import { upsertMessage, type History } from "@/features/conversation/model/history";
import { Outbox } from "@/features/conversation/model/outbox";
import { knownTickets } from "@/lib/api/known-tickets";
import { keys } from "@/lib/api/queries";
import { accessToken, upload } from "@/lib/http/client";
import { ephemeral } from "@/lib/live/ephemeral";
import { LiveSocket } from "@/lib/live/live-socket";
import type { OpenTransport } from "@/lib/live/transport";
import { endSession } from "@/lib/session";
import type { SessionView } from "@/lib/wire/openapi.gen";
import type { LogItem, MediaView } from "@/lib/wire/protocol.gen";

/** Everything that lives as long as somebody is signed in, wired together once. */
export class Runtime {
  readonly cache = buildQueryClient();
  readonly live: LiveSocket;
  readonly outbox: Outbox;
  readonly notifier: Notifier;
  readonly #recounter = new Recounter(this.cache);
  readonly #stops: (() => void)[] = [];

  constructor(session: SessionView, openTransport: OpenTransport) {
    const userId = session.user.id;
    this.notifier = new Notifier(userId, this.cache);
    this.live = new LiveSocket({
      transport: openTransport(),
      token: (renew) => (renew ? accessToken.renew() : accessToken.fresh()),
      handlers: {
        onEvents: (items) => this.#take(userId, items),
        onEphemeral: (event, payload) => ephemeral.take(event, payload),
        onResync: () => this.#refetch(),
        onReady: (resumed) => {
          if (!resumed) this.#refetch();
          this.outbox.flush();
        },
        onSignedOut: () => void endSession(),
        onAccessChanged: () => {
          knownTickets.clear();
          this.#refetch();
        },
      },
    });
    this.outbox = new Outbox(
      {
        send: async (message) => (await this.live.send("send_message", message)).message,
        upload: (file, onProgress) =>
          upload<MediaView>(
            "/media",
            file.blob,
            file.name,
            { kind: file.kind, voice: file.voice },
            onProgress,
          ),
        sent: (message) => {
          this.cache.setQueryData<History>(
            keys.history(message.conversation_id),
            (history) => history && upsertMessage(history, message),
          );
        },
      },
      userId,
    );
  }

  start(): void {
    this.live.start();
    this.#stops.push(this.notifier.start());
  }

  stop(): void {
    this.live.stop();
    for (const stop of this.#stops.splice(0)) stop();
    this.#recounter.stop();
    ephemeral.clear();
  }

  /** Everything that hangs on this session goes with it. */
  forget(): void {
    this.cache.clear();
    knownTickets.clear();
  }

  #take(userId: string, items: LogItem[]): void {
    const recount = () => this.#recounter.recount();
    const doubt = (conversationId: string) => this.live.doubt(conversationId);
    this.notifier.take(items);
    applyEvents({ cache: this.cache, known: knownTickets, userId, recount, doubt }, items);
    for (const { data } of items) {
      const message = data.message as { client_message_id?: string | null } | undefined;
      if (message?.client_message_id) this.outbox.settle(message.client_message_id);
    }
  }

  /** Silently: what is shown stays until the fresh answer is here. */
  #refetch(): void {
    void this.cache.invalidateQueries();
  }
}
