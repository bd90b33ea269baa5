import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  buildListPage,
  displayOrder,
  dropTicket,
  flatten,
  matches,
  placeTicket,
  compareTickets,
  type TicketListData,
} from "@/features/inbox/model/ticket-list";
import { TICKET_LISTS, type TicketFilter } from "@/lib/api/queries";
import type { TicketView } from "@/lib/wire/protocol.gen";
import { ME, VIEWER, at, buildPage, buildTicket } from "@/test/builders";

const MINE: TicketFilter = { view: "mine", departmentId: null, unread: false, q: "" };

function listOf(tickets: TicketView[], nextCursor: string | null = null): TicketListData {
  return { pages: [buildListPage(buildPage(tickets, nextCursor), "mine")], pageParams: [null] };
}

/** What the server would answer: everything that matches, sorted. */
function fetchAll(tickets: Iterable<TicketView>, filter: TicketFilter): TicketView[] {
  return [...tickets]
    .filter((ticket) => matches(ticket, filter, VIEWER))
    .sort((a, b) => compareTickets(a, b, filter.view));
}

const change = fc.record({
  id: fc.constantFrom("1", "2", "3", "4", "5", "6"),
  state: fc.constantFrom("bot" as const, "queued" as const, "active" as const, "closed" as const),
  assignee: fc.constantFrom(ME, "other", null),
  department: fc.constantFrom("d1", "d2"),
  unread: fc.nat(3),
  minute: fc.nat(500),
});

const filters = fc.record({
  view: fc.constantFrom(...TICKET_LISTS),
  departmentId: fc.constantFrom(null, "d1"),
  unread: fc.boolean(),
  q: fc.constant(""),
});

describe("placeTicket", () => {
  it("gives what a fresh fetch would give, after any history of changes", () => {
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 40 }),
        filters,
        fc.array(fc.nat(), { maxLength: 20 }),
        (history, filter, repeats) => {
          const truth = new Map<string, TicketView>();
          let list = listOf([]);
          const told: TicketView[] = [];
          history.forEach((step, index) => {
            const ticket = buildTicket({
              id: step.id,
              state: step.state,
              assignee_id: step.assignee,
              department_id: step.department,
              unread_count: step.unread,
              last_message_at: at(step.minute),
              closed_at: step.state === "closed" ? at(step.minute) : null,
              version: index + 1,
            });
            truth.set(ticket.id, ticket);
            told.push(ticket);
          });
          const heard = new Map<string, number>();
          const hear = (ticket: TicketView) => {
            // The socket's cursor: what comes late or twice does not reach the list.
            if ((heard.get(ticket.id) ?? 0) >= ticket.version) return;
            heard.set(ticket.id, ticket.version);
            list = placeTicket(list, filter, VIEWER, ticket);
          };
          told.forEach((ticket, index) => {
            hear(ticket);
            // Some come twice, some late.
            const repeat = repeats[index];
            const old = repeat === undefined ? undefined : told[repeat % (index + 1)];
            if (old) hear(old);
          });
          expect(flatten(list)).toEqual(fetchAll(truth.values(), filter));
        },
      ),
      { numRuns: 300 },
    );
  });

  it("leaves the list as it is when an old copy comes", () => {
    const list = listOf([buildTicket({ id: "1", version: 5 })]);
    expect(placeTicket(list, MINE, VIEWER, buildTicket({ id: "1", version: 4, unread_count: 9 }))).toBe(list);
  });

  it("takes a ticket out that somebody else has now", () => {
    const list = listOf([buildTicket({ id: "1" })]);
    expect(
      flatten(placeTicket(list, MINE, VIEWER, buildTicket({ id: "1", version: 2, assignee_id: "other" }))),
    ).toEqual([]);
  });

  it("leaves what lies below the loaded pages to the next page", () => {
    const list = listOf([buildTicket({ id: "1", last_message_at: at(10) })], "cursor");
    expect(
      flatten(placeTicket(list, MINE, VIEWER, buildTicket({ id: "2", last_message_at: at(5) }))),
    ).toHaveLength(1);
  });

  it("keeps what stands above the next page, though the row that was the last has gone", () => {
    const list = listOf(
      [1, 2].map((id) => buildTicket({ id: String(id), last_message_at: at(30 - 10 * id) })),
      "cursor",
    );
    const without = placeTicket(
      list,
      MINE,
      VIEWER,
      buildTicket({ id: "2", version: 2, assignee_id: "other" }),
    );
    const between = buildTicket({ id: "3", last_message_at: at(15) });
    expect(flatten(placeTicket(without, MINE, VIEWER, between)).map(({ id }) => id)).toEqual(["1", "3"]);
  });

  it("shows an own ticket of another department as one's own, not in that department's lists", () => {
    const foreign = buildTicket({ id: "1", department_id: "d9", state: "queued" });
    const listed = (view: TicketFilter["view"]) =>
      flatten(placeTicket(listOf([]), { ...MINE, view }, { ...VIEWER, seesAllDepartments: false }, foreign))
        .length;
    expect([listed("mine"), listed("all"), listed("queue")]).toEqual([1, 1, 0]);
  });

  it("renews the rows of a search where they stand, and adds none", () => {
    const filter = { ...MINE, q: "maria" };
    const list = listOf([buildTicket({ id: "1" }), buildTicket({ id: "2" })]);
    const renewed = placeTicket(
      list,
      filter,
      VIEWER,
      buildTicket({ id: "2", version: 2, last_message_at: at(60) }),
    );
    expect(flatten(renewed).map(({ id, version }) => [id, version])).toEqual([
      ["1", 1],
      ["2", 2],
    ]);
    expect(placeTicket(renewed, filter, VIEWER, buildTicket({ id: "3" }))).toBe(renewed);
  });
});

describe("dropTicket", () => {
  it("removes a ticket that may not be seen any more", () => {
    expect(flatten(dropTicket(listOf([buildTicket({ id: "1" })]), "1", 2))).toEqual([]);
  });

  it("keeps a newer copy", () => {
    const list = listOf([buildTicket({ id: "1", version: 3 })]);
    expect(dropTicket(list, "1", 2)).toBe(list);
  });
});

describe("displayOrder", () => {
  it("shows in the queue first who has waited longest", () => {
    const early = buildTicket({ id: "1", state: "queued", queued_at: at(1), last_message_at: at(90) });
    const late = buildTicket({ id: "2", state: "queued", queued_at: at(50), last_message_at: at(50) });
    expect(displayOrder([early, late].reverse(), "queue")).toEqual([early, late]);
    expect(displayOrder([early, late], "mine")).toEqual([early, late]);
  });
});
