import type { QueryClient } from "@tanstack/react-query";
import { playPing } from "@/app/live/ping";
import { isInView } from "@/features/inbox/model/ticket-list";
import { keys } from "@/lib/api/queries";
import { preferences } from "@/lib/preferences";
import { Store } from "@/lib/store";
import type { Viewer } from "@/lib/viewer";
import type { TicketCounts } from "@/lib/wire/openapi.gen";
import type { LogItem, MessageCreated, TicketUpdated } from "@/lib/wire/protocol.gen";

/** A burst of messages is one ping. */
const PING_EVERY_MS = 1_500;
/** Events older than this are history being replayed after a gap: no sound for each of them. */
const FRESH_MS = 30_000;

const TITLE = "Prosa";
const FAVICON = "/favicon.svg";

/** Sound, title and favicon for what comes in while this person looks elsewhere. */
export class Notifier {
  /** The last inbound message of an own ticket, for the live region. */
  readonly latest = new Store<MessageCreated["message"] | null>(null);
  readonly #viewer: () => Viewer;
  readonly #cache: QueryClient;
  #pingedAt = 0;
  #missed = 0;
  #badgeIcon: string | null = null;

  constructor(viewer: () => Viewer, cache: QueryClient) {
    this.#viewer = viewer;
    this.#cache = cache;
  }

  start(): () => void {
    document.addEventListener("visibilitychange", this.#show);
    const stop = this.#cache.getQueryCache().subscribe(({ query }) => {
      const [name] = query.queryKey as readonly unknown[];
      if (name === keys.counts[0]) this.#show();
    });
    return () => {
      stop();
      document.removeEventListener("visibilitychange", this.#show);
      this.#missed = 0;
      document.title = TITLE;
      this.#setIcon(false);
    };
  }

  take(items: readonly LogItem[]): void {
    const fresh = items.filter((item) => Date.now() - Date.parse(item.at) < FRESH_MS);
    for (const { type, data } of fresh) {
      if (type === "message_created") this.#messageCreated(data as unknown as MessageCreated);
      else if (type === "ticket_updated") this.#ticketUpdated(data as unknown as TicketUpdated);
    }
  }

  #messageCreated({ message }: MessageCreated): void {
    if (message.direction !== "in") return;
    this.latest.set(message);
    this.#alert();
  }

  /** Somebody new in the queue, who nobody hears otherwise: exact message events go to assignees only. */
  #ticketUpdated({ ticket }: TicketUpdated): void {
    const viewer = this.#viewer();
    // Of an open conversation other departments' tickets are told, too: their queues are not this person's.
    const justQueued =
      isInView(ticket, "queue", viewer) && Date.now() - Date.parse(ticket.queued_at ?? "") < FRESH_MS;
    const wrote = ticket.preview.direction === "in" && ticket.assignee_id === viewer.userId;
    if (document.visibilityState === "hidden" && (justQueued || wrote)) this.#alert();
  }

  #alert(): void {
    const hidden = document.visibilityState === "hidden" || !document.hasFocus();
    if (hidden) {
      this.#missed += 1;
      this.#show();
    }
    const now = Date.now();
    if (!hidden || !preferences().sound || now - this.#pingedAt < PING_EVERY_MS) return;
    this.#pingedAt = now;
    playPing();
  }

  readonly #show = (): void => {
    const visible = document.visibilityState === "visible";
    if (visible) this.#missed = 0;
    const unread = this.#cache.getQueryData<TicketCounts>(keys.counts)?.mine_unread ?? 0;
    const count = Math.max(unread, this.#missed > 0 ? 1 : 0);
    document.title = count > 0 ? `(${count}) ${TITLE}` : TITLE;
    this.#setIcon(!visible && this.#missed > 0);
  };

  #setIcon(badge: boolean): void {
    const link = document.getElementById("favicon");
    if (!(link instanceof HTMLLinkElement)) return;
    if (!badge) link.href = FAVICON;
    else {
      this.#badgeIcon ??= `data:image/svg+xml,${encodeURIComponent(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="9" fill="#0b6a62"/>' +
          '<path d="M9 25.6V14.3C9 10.3 12.2 7 16.2 7S23.4 10.3 23.4 14.3 20.2 21.6 16.2 21.6c-.9 0-1.8-.2-2.6-.5L9 25.6Z" fill="#fff"/>' +
          '<circle cx="25" cy="7" r="7" fill="#e4572e" stroke="#fff" stroke-width="2"/></svg>',
      )}`;
      link.href = this.#badgeIcon;
    }
  }
}
