import type { TicketView } from "@/lib/wire/protocol.gen";

/** The newest copy of every ticket that this tab has seen, also of those that are in no list now: what was counted before. */
export class KnownTickets {
  readonly #copies = new Map<string, TicketView>();

  get(id: string): TicketView | undefined {
    return this.#copies.get(id);
  }

  /** True when this is news; an older or equal copy is not. */
  take(ticket: TicketView): boolean {
    if ((this.get(ticket.id)?.version ?? 0) >= ticket.version) return false;
    this.#copies.set(ticket.id, ticket);
    return true;
  }

  /** A ticket that went where this person may not look. */
  forget(id: string): void {
    this.#copies.delete(id);
  }

  clear(): void {
    this.#copies.clear();
  }
}

export const knownTickets = new KnownTickets();
