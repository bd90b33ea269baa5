import type { TicketView } from "@/lib/wire/protocol.gen";

interface Copy {
  ticket: TicketView;
  /** When it was taken, in the order of this tab. */
  turn: number;
}

/**
 * The newest copy of every ticket that this tab has seen, also of those that are in no list now: a late event must not
 * bring back a ticket that has left, a page that was on its way must not undo an event, and a counter must know what it
 * counted before.
 */
export class KnownTickets {
  readonly #copies = new Map<string, Copy>();
  readonly #gone = new Map<string, number>();
  #turn = 0;

  get turn(): number {
    return this.#turn;
  }

  get(id: string): TicketView | undefined {
    return this.#copies.get(id)?.ticket;
  }

  /** True when this is news; an older or equal copy is not. */
  take(ticket: TicketView): boolean {
    if ((this.get(ticket.id)?.version ?? 0) >= ticket.version || this.isGone(ticket)) return false;
    this.#turn += 1;
    this.#copies.set(ticket.id, { ticket, turn: this.#turn });
    return true;
  }

  /** A ticket that went where this person may not look. */
  forget(id: string, version: number): void {
    this.#copies.delete(id);
    this.#gone.set(id, Math.max(this.#gone.get(id) ?? 0, version));
  }

  /** A move is told with one version to both sides, so an equal one is not older: who may see both keeps the ticket. */
  isGone(ticket: TicketView): boolean {
    return (this.#gone.get(ticket.id) ?? 0) > ticket.version;
  }

  /** What events brought after `turn`. */
  since(turn: number): TicketView[] {
    return [...this.#copies.values()].filter((copy) => copy.turn > turn).map((copy) => copy.ticket);
  }

  clear(): void {
    this.#copies.clear();
    this.#gone.clear();
  }
}

export const knownTickets = new KnownTickets();
