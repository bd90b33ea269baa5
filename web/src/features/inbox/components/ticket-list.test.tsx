import { act, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { TicketListPane } from "@/features/inbox/ticket-list-pane";
import { inHeldOrder } from "@/features/inbox/hooks/use-steady-order";
import { placeTicket, type TicketListData } from "@/features/inbox/model/ticket-list";
import { keys, type TicketFilter } from "@/lib/api/queries";
import { knownTickets } from "@/lib/api/known-tickets";
import { accessToken } from "@/lib/http/client";
import { VIEWER, at, buildPage, buildTicket } from "@/test/builders";
import { SESSION, renderApp, stubApi } from "@/test/render-app";

const MINE: TicketFilter = { view: "mine", departmentId: null, unread: false, q: "" };
const DEPARTMENTS = [{ id: "d1", name: "Vendas", color: "#2f63a8", position: 0 }];

async function show(filter: TicketFilter, page: unknown) {
  stubApi({
    "/tickets": page,
    "/tickets/counts": { mine: 2, mine_unread: 1, queue: 3, bot: 0, all: 5 },
    "/departments": DEPARTMENTS,
    "/members": [],
  });
  const onFilter = vi.fn();
  const rendered = await renderApp(<TicketListPane filter={filter} onFilter={onFilter} selectedId={null} />);
  return { ...rendered, onFilter, user: userEvent.setup() };
}

beforeEach(() => {
  knownTickets.clear();
  accessToken.adopt({ access_token: "t", token_type: "bearer", expires_in: 900, session: SESSION });
  // jsdom has no layout: the virtualiser takes this as the size of its pane.
  vi.spyOn(Element.prototype, "clientHeight", "get").mockReturnValue(800);
  vi.spyOn(Element.prototype, "clientWidth", "get").mockReturnValue(340);
});

afterEach(() => vi.unstubAllGlobals());

describe("ticket list", () => {
  it("shows who wrote, what and how much is unread", async () => {
    const ticket = buildTicket({
      id: "1",
      unread_count: 2,
      preview: { message_id: "m", direction: "in", kind: "image", text: "", status: null },
    });
    await show(MINE, buildPage([ticket]));
    const row = await screen.findByRole("link", { name: /Contato 1/ });
    expect(row).toHaveTextContent("Foto");
    expect(row).toHaveTextContent("Vendas");
    expect(within(row).getByLabelText("2 mensagens não lidas")).toBeInTheDocument();
    expect(row).toHaveAttribute("href", "/inbox/mine/conversation-1");
  });

  it("moves a row up when its customer writes", async () => {
    const tickets = [1, 2].map((id) => buildTicket({ id: String(id), last_message_at: at(10 - id) }));
    const { cache } = await show(MINE, buildPage(tickets));
    await screen.findByRole("link", { name: /Contato 1/ });
    act(() => {
      cache.setQueryData<TicketListData>(
        keys.ticketList(MINE),
        (data) =>
          data &&
          placeTicket(
            data,
            MINE,
            VIEWER,
            buildTicket({ id: "2", version: 2, unread_count: 1, last_message_at: at(30) }),
          ),
      );
    });
    await vi.waitFor(() => {
      const rows = screen.getAllByTestId("ticket-row");
      expect(rows.map((row) => row.dataset.conversationId)).toEqual(["conversation-2", "conversation-1"]);
    });
  });

  it("shows the server's counters and changes the view", async () => {
    const { onFilter, user } = await show(MINE, buildPage([buildTicket({ id: "1" })]));
    // The page brings the counters along: those of the builder are zero, the counters' own answer is not.
    await user.click(await screen.findByRole("button", { name: /^Fila/ }));
    expect(onFilter).toHaveBeenCalledWith({ ...MINE, view: "queue" });
  });

  it("asks the server once the typing pauses", async () => {
    const { onFilter, user } = await show(MINE, buildPage([buildTicket({ id: "1" })]));
    await user.type(screen.getByRole("searchbox", { name: "Buscar" }), "lia");
    await vi.waitFor(() => expect(onFilter).toHaveBeenCalledExactlyOnceWith({ ...MINE, q: "lia" }));
  });

  it("speaks warmly of an empty list, and leads to the queue", async () => {
    const { onFilter, user } = await show(MINE, buildPage([]));
    expect(await screen.findByText("Tudo respondido por aqui")).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Ver a fila" }));
    expect(onFilter).toHaveBeenCalledWith({ ...MINE, view: "queue" });
  });

  it("offers another try when the list does not load", async () => {
    await show(
      MINE,
      Response.json({ type: "x", title: "x", status: 403, code: "forbidden" }, { status: 403 }),
    );
    expect(await screen.findByText("A lista não carregou")).toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Tentar de novo" })).toBeInTheDocument();
  });
});

describe("inHeldOrder", () => {
  it("keeps every row under the pointer where it is", () => {
    const [a, b, c] = ["a", "b", "c"].map((id) => buildTicket({ id })) as [never, never, never];
    expect(inHeldOrder([c, b, a], ["a", "b"])).toEqual([a, b]);
    expect(inHeldOrder([b, a, c], ["a", "b"])).toEqual([a, b, c]);
  });
});
