import { act, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { createRef } from "react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { Composer, type ComposerHandle } from "@/features/conversation/composer/composer";
import { changePreferences } from "@/lib/preferences";
import type { ConversationView } from "@/lib/wire/openapi.gen";
import type { MessageView, TicketView } from "@/lib/wire/protocol.gen";
import { ME, buildMessage, buildTicket } from "@/test/builders";
import { renderApp } from "@/test/render-app";

const TOMORROW = new Date(Date.now() + 20 * 3_600_000).toISOString();

function conversationWith(
  ticket: Partial<TicketView> | null,
  change: Partial<ConversationView> = {},
): ConversationView {
  const current = ticket === null ? null : buildTicket({ id: "t1", ...ticket });
  return {
    id: "c1",
    number: {
      id: "n1",
      name: "Loja",
      phone_number_id: "1",
      waba_id: "1",
      display_phone_number: "+55",
      default_department_id: "d1",
      messages_per_second: 80,
      last_webhook_at: null,
      version: 1,
    },
    contact: buildTicket({ id: "t1" }).contact,
    current_ticket: current,
    tickets: current ? [current] : [],
    window_expires_at: TOMORROW,
    last_inbound_at: null,
    ...change,
  };
}

const viewer = {
  userId: ME,
  contactName: "Lia",
  nameOf: (id: string) => (id === "bruno" ? "Bruno Tavares" : null),
};

async function show(
  conversation: ConversationView,
  options: { isLive?: boolean; replyTo?: MessageView } = {},
) {
  const onAccepted = vi.fn();
  const onReplyDone = vi.fn();
  const rendered = await renderApp(
    <Composer
      ref={createRef<ComposerHandle>()}
      conversation={conversation}
      viewer={viewer}
      replyTo={options.replyTo ?? null}
      onReplyDone={onReplyDone}
      onAccepted={onAccepted}
    />,
    { isLive: options.isLive ?? true },
  );
  return { ...rendered, onAccepted, onReplyDone, user: userEvent.setup() };
}

function field(): HTMLElement {
  return screen.getByRole("textbox", { name: "Escrever mensagem" });
}

beforeEach(() => changePreferences({ sendWith: "enter" }));

describe("composer", () => {
  it("sends with Enter and starts afresh", async () => {
    const { transport, user } = await show(conversationWith({}));
    await user.type(field(), "Bom dia!{Enter}");
    const command = transport.sent.find(({ event }) => event === "send_message");
    expect(command?.payload).toMatchObject({
      conversation_id: "c1",
      content: { kind: "text", body: "Bom dia!" },
    });
    expect(field()).toHaveValue("");
  });

  it("breaks the line with Shift+Enter", async () => {
    const { transport, user } = await show(conversationWith({}));
    await user.type(field(), "um{Shift>}{Enter}{/Shift}dois");
    expect(field()).toHaveValue("um\ndois");
    expect(transport.sent.some(({ event }) => event === "send_message")).toBe(false);
  });

  it("sends with Ctrl+Enter only, for those who chose so", async () => {
    changePreferences({ sendWith: "mod-enter" });
    const { transport, user } = await show(conversationWith({}));
    await user.type(field(), "oi{Enter}");
    expect(transport.sent.some(({ event }) => event === "send_message")).toBe(false);
    await user.keyboard("{Control>}{Enter}{/Control}");
    expect(transport.sent.some(({ event }) => event === "send_message")).toBe(true);
  });

  it("keeps the draft when the socket drops", async () => {
    const { transport, user } = await show(conversationWith({}));
    await user.type(field(), "ainda escrevendo");
    act(() => transport.disconnect());
    expect(field()).toHaveValue("ainda escrevendo");
  });

  it("keeps the draft for the next time the conversation is opened", async () => {
    const first = await show(conversationWith({}));
    await first.user.type(field(), "rascunho");
    window.dispatchEvent(new Event("pagehide"));
    expect(JSON.parse(localStorage.getItem("prosa.draft.c1") ?? "null")).toBe("rascunho");
  });

  it("keeps what is sent without connection until it is back", async () => {
    const { transport, live, outbox, user } = await show(conversationWith({}), { isLive: false });
    await user.type(field(), "guarde isto{Enter}");
    expect(transport.sent).toHaveLength(0);
    await waitFor(() => expect(outbox.entries.get()).toMatchObject([{ state: "waiting" }]));
    act(() => transport.ready(1));
    expect(live.state.get().status).toBe("live");
    act(() => outbox.flush());
    await waitFor(() =>
      expect(transport.sent.filter(({ event }) => event === "send_message")).toHaveLength(1),
    );
  });

  it("answers the message that was chosen", async () => {
    const { transport, onReplyDone, user } = await show(conversationWith({}), {
      replyTo: buildMessage({ id: "m1" }),
    });
    expect(screen.getByText("Respondendo a Lia")).toBeInTheDocument();
    await user.type(field(), "claro{Enter}");
    expect(transport.sent.find(({ event }) => event === "send_message")?.payload).toMatchObject({
      reply_to_message_id: "m1",
    });
    expect(onReplyDone).toHaveBeenCalled();
  });

  it("accepts a queued ticket by its button", async () => {
    const { transport, onAccepted, user } = await show(
      conversationWith({ state: "queued", assignee_id: null }),
    );
    await user.click(screen.getByRole("button", { name: "Aceitar atendimento" }));
    expect(transport.sent.at(-1)).toMatchObject({ event: "accept_ticket", payload: { ticket_id: "t1" } });
    await act(async () => {
      transport.answer("accept_ticket", { ticket: buildTicket({ id: "t1" }) });
      await Promise.resolve();
    });
    await waitFor(() => expect(onAccepted).toHaveBeenCalledOnce());
  });

  it("lets a queued ticket be answered at once", async () => {
    const { transport, onAccepted, user } = await show(
      conversationWith({ state: "queued", assignee_id: null }),
    );
    await user.type(field(), "oi{Enter}");
    expect(transport.sent.some(({ event }) => event === "send_message")).toBe(true);
    expect(onAccepted).toHaveBeenCalledOnce();
  });

  it("says who is answering and offers no field", async () => {
    await show(conversationWith({ assignee_id: "bruno" }));
    expect(screen.getByText("Bruno Tavares está atendendo")).toBeInTheDocument();
    expect(screen.queryByRole("textbox")).not.toBeInTheDocument();
  });

  it("explains a closed window and offers no field", async () => {
    const past = new Date(Date.now() - 60_000).toISOString();
    await show(conversationWith({}, { window_expires_at: past, last_inbound_at: past }));
    expect(screen.getByText("A janela de 24 h fechou")).toBeInTheDocument();
    expect(screen.queryByRole("textbox")).not.toBeInTheDocument();
  });

  it("refuses to send more than WhatsApp takes", async () => {
    const { user } = await show(conversationWith({}));
    await user.click(field());
    await user.paste("a".repeat(4097));
    expect(screen.getByRole("button", { name: "Enviar" })).toBeDisabled();
    expect(screen.getByText("1 caractere além do limite")).toBeInTheDocument();
  });
});
