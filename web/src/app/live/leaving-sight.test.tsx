/** A ticket that leaves this person's sight and comes back while its conversation is on the screen. */
import { QueryClientProvider, useQuery, useQueryClient } from "@tanstack/react-query";
import { act, render, screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Runtime } from "@/app/runtime";
import { historyQuery } from "@/features/conversation/api/history-query";
import { useOpenConversation } from "@/features/conversation/hooks/use-open-conversation";
import { conversationQuery } from "@/lib/api/queries";
import { accessToken } from "@/lib/http/client";
import { LiveProvider } from "@/lib/live/live-context";
import type { MessageView, TicketView } from "@/lib/wire/protocol.gen";
import { at, buildMessage, buildTicket } from "@/test/builders";
import { FakeTransport } from "@/test/fake-transport";
import { SESSION, stubApi } from "@/test/render-app";

const TICKET = buildTicket({ id: "t1", conversation_id: "c1", version: 1 });
const NOT_FOUND = { type: "x", title: "x", status: 404, code: "not_found" };

function conversation(tickets: TicketView[]) {
  return { id: "c1", contact: TICKET.contact, current_ticket: tickets[0] ?? null, tickets };
}

function page(seq: number, items: MessageView[]) {
  return { items, next_before: null, seq };
}

function Chat() {
  const cache = useQueryClient();
  const view = useQuery(conversationQuery("c1"));
  const history = useQuery(historyQuery(cache, "c1"));
  useOpenConversation("c1", view, history);
  return (
    <>
      <p>{view.isError ? "not here" : "here"}</p>
      {history.data?.items.map((message) => (
        <p key={message.id} data-testid="message">
          {message.id}
        </p>
      ))}
    </>
  );
}

const shown = () => screen.queryAllByTestId("message").map((element) => element.textContent);

async function show() {
  accessToken.adopt({ access_token: "t", token_type: "bearer", expires_in: 900, session: SESSION });
  const answers: Record<string, unknown> = {
    "/conversations/c1": conversation([TICKET]),
    "/conversations/c1/messages": page(1, [buildMessage({ id: "m1", at: at(1) })]),
  };
  stubApi(answers);
  const transport = new FakeTransport();
  const runtime = new Runtime(SESSION, () => transport);
  runtime.start();
  await waitFor(() => expect(transport.auths).toHaveLength(1));
  render(
    <QueryClientProvider client={runtime.cache}>
      <LiveProvider value={runtime.live}>
        <Chat />
      </LiveProvider>
    </QueryClientProvider>,
  );
  act(() => transport.ready(1));
  const opens = () => transport.sent.filter(({ event }) => event === "open_conversation").length;
  await waitFor(() => expect(opens()).toBe(1));
  const opened = (seq: number) =>
    act(() => transport.answer("open_conversation", { conversation_id: "c1", seq, viewing_user_ids: [] }));
  opened(1);
  await waitFor(() => expect(shown()).toEqual(["m1"]));
  const tell = (seq: number, type: string, data: unknown) =>
    act(() => transport.tell("events", [{ seq, type, at: at(seq), data }]));
  return { runtime, transport, answers, opens, opened, tell };
}

const removed = (version: number) => ({ ticket_id: "t1", conversation_id: "c1", version });

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("a ticket that leaves sight while its conversation is on the screen", () => {
  it("shows what was said in between once it is back, and hears what follows", async () => {
    const { runtime, answers, transport, opens, opened, tell } = await show();

    // Away: the server closes the conversation to this socket and refuses to open it.
    answers["/conversations/c1"] = Response.json(NOT_FOUND, { status: 404 });
    answers["/conversations/c1/messages"] = Response.json(NOT_FOUND, { status: 404 });
    tell(2, "ticket_removed", removed(2));
    await waitFor(() => expect(opens()).toBe(2));
    act(() => transport.answer("open_conversation", NOT_FOUND));
    expect(await screen.findByText("not here")).toBeInTheDocument();

    // m2 was said while it was away: no event told of it.
    const back = { ...TICKET, version: 3 };
    answers["/conversations/c1"] = conversation([back]);
    answers["/conversations/c1/messages"] = page(5, [
      buildMessage({ id: "m1", at: at(1) }),
      buildMessage({ id: "m2", at: at(2) }),
    ]);
    tell(4, "ticket_updated", { ticket: back });
    await waitFor(() => expect(opens()).toBe(3));
    opened(5);
    await waitFor(() => expect(shown()).toEqual(["m1", "m2"]));
    expect(screen.getByText("here")).toBeInTheDocument();

    tell(6, "message_created", { message: buildMessage({ id: "m3", at: at(3) }) });
    await waitFor(() => expect(shown()).toEqual(["m1", "m2", "m3"]));
    runtime.stop();
    runtime.forget();
  });

  it("opens the conversation again even when both moves come at once", async () => {
    const { runtime, answers, transport, opens, opened } = await show();
    const back = { ...TICKET, version: 3 };
    answers["/conversations/c1"] = conversation([back]);
    answers["/conversations/c1/messages"] = page(5, [
      buildMessage({ id: "m1", at: at(1) }),
      buildMessage({ id: "m2", at: at(2) }),
    ]);
    act(() =>
      transport.tell("events", [
        { seq: 2, type: "ticket_removed", at: at(2), data: removed(2) },
        { seq: 4, type: "ticket_updated", at: at(4), data: { ticket: back } },
      ]),
    );
    await waitFor(() => expect(opens()).toBeGreaterThan(1));
    opened(5);
    await waitFor(() => expect(shown()).toEqual(["m1", "m2"]));
    runtime.stop();
    runtime.forget();
  });

  it("asks for nothing when a ticket that is in sight changes", async () => {
    const { runtime, opens, tell } = await show();
    tell(2, "ticket_updated", { ticket: { ...TICKET, version: 2 } });
    expect(opens()).toBe(1);
    runtime.stop();
    runtime.forget();
  });

  it("opens the conversation again when the person's departments changed", async () => {
    const { runtime, transport, opens } = await show();
    act(() => transport.tell("resync_required", { reason: "access_changed" }));
    await waitFor(() => expect(opens()).toBe(2));
    runtime.stop();
    runtime.forget();
  });
});
