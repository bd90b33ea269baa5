import { applyEvents } from "@/app/live/apply-events";
import { EventJournal } from "@/app/live/event-journal";
import { Notifier } from "@/app/live/notifier";
import { Recounter } from "@/app/live/recounter";
import { SessionKeeper } from "@/app/live/session-keeper";
import { buildQueryClient } from "@/app/query-client";
import { upsertMessage, type History } from "@/features/conversation/model/history";
import { Outbox } from "@/features/conversation/model/outbox";
import { knownTickets } from "@/lib/api/known-tickets";
import { keys } from "@/lib/api/queries";
import { accessToken, upload } from "@/lib/http/client";
import { ephemeral } from "@/lib/live/ephemeral";
import { LiveSocket } from "@/lib/live/live-socket";
import type { OpenTransport } from "@/lib/live/transport";
import { endSession, sessionState } from "@/lib/session";
import { isSameSight, viewerOf, type Viewer } from "@/lib/viewer";
import type { SessionView } from "@/lib/wire/openapi.gen";
import type { LogItem, MediaView } from "@/lib/wire/protocol.gen";

/** Everything that lives as long as somebody is signed in, wired together once. */
export class Runtime {
  readonly cache = buildQueryClient();
  readonly live: LiveSocket;
  readonly outbox: Outbox;
  readonly notifier: Notifier;
  readonly #recounter = new Recounter(this.cache);
  readonly #journal: EventJournal;
  readonly #keeper = new SessionKeeper();
  /** Who began it; the session in use may know newer departments. */
  readonly #session: SessionView;
  readonly #stops: (() => void)[] = [];

  constructor(session: SessionView, openTransport: OpenTransport) {
    const userId = session.user.id;
    this.#session = session;
    this.#journal = new EventJournal(this.cache, () => this.#viewer());
    this.notifier = new Notifier(() => this.#viewer(), this.cache);
    this.live = new LiveSocket({
      transport: openTransport(),
      token: (renew) => (renew ? accessToken.renew() : accessToken.fresh()),
      handlers: {
        onEvents: (items) => this.#take(items),
        onEphemeral: (event, payload) => ephemeral.take(event, payload),
        onResync: () => this.#refetch(),
        onReady: (resumed) => {
          if (!resumed) this.#refetch();
          this.outbox.flush();
        },
        onSignedOut: () => void endSession(),
        onAccessChanged: () => this.#accessChanged(),
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
    this.#stops.push(this.notifier.start(), this.#journal.start(), this.#followSession());
  }

  stop(): void {
    this.live.stop();
    for (const stop of this.#stops.splice(0)) stop();
    this.#recounter.stop();
    this.#keeper.stop();
    ephemeral.clear();
  }

  /** Everything that hangs on this session goes with it. */
  forget(): void {
    this.cache.clear();
    knownTickets.clear();
  }

  #viewer(): Viewer {
    const state = sessionState.get();
    return viewerOf(state.status === "signed-in" ? state.session : this.#session);
  }

  #take(items: LogItem[]): void {
    const recount = () => this.#recounter.recount();
    const doubt = (conversationId: string) => this.live.doubt(conversationId);
    this.notifier.take(items);
    this.#journal.write(items);
    const context = { cache: this.cache, known: knownTickets, viewer: this.#viewer(), recount, doubt };
    applyEvents({ ...context, keeper: this.#keeper, accessChanged: () => this.#accessChanged() }, items);
    for (const { data } of items) {
      const message = data.message as { client_message_id?: string | null } | undefined;
      if (message?.client_message_id) this.outbox.settle(message.client_message_id);
    }
  }

  #accessChanged(): void {
    knownTickets.clear();
    this.#refetch();
  }

  #refetch(): void {
    this.#journal.refetch();
    this.#keeper.renew();
  }

  /** What was kept by the old departments' rules is fetched anew. */
  #followSession(): () => void {
    let before = this.#viewer();
    return sessionState.subscribe(() => {
      const now = this.#viewer();
      const isOther = now.userId !== before.userId || isSameSight(now, before);
      before = now;
      if (!isOther) this.#journal.refetch();
    });
  }
}
