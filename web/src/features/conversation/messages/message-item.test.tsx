import { fireEvent, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import fc from "fast-check";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { en } from "@/lib/i18n/locales/en";
import { ptBR } from "@/lib/i18n/locales/pt-BR";
import { fixtures, fixtureViewer, type Fixture } from "./fixtures";
import { renderMessages } from "./render-messages";
import { MessageItem, type MessageItemProps } from "./message-item";

function fixture(title: string): Fixture {
  const found = fixtures.find((candidate) => candidate.title === title);
  if (found === undefined) throw new Error(`no fixture ${title}`);
  return found;
}

function item(title: string, change: Partial<MessageItemProps> = {}) {
  const { message, authorName } = fixture(title);
  return <MessageItem message={message} groupedWithPrevious={false} viewer={fixtureViewer} authorName={authorName} {...change} />;
}

describe("every kind of message", () => {
  it.each(fixtures.map((each) => [each.title, each] as const))("shows %s with a name and without a crash", async (_, each) => {
    await renderMessages(
      <MessageItem message={each.message} groupedWithPrevious={false} viewer={fixtureViewer} authorName={each.authorName} />,
    );
    const article = screen.getByRole("article");
    expect(article).toHaveAccessibleName(/\d\d:\d\d/);
    expect(article).toHaveAttribute("data-message-id", each.message.id);
    expect(article).toHaveAttribute("data-direction", each.message.direction);
    expect(article).toHaveAttribute("data-status", each.message.status);
    expect(article.querySelector(":scope img:not([alt])")).toBeNull();
    expect(article.textContent).not.toBe("");
  });

  it("survives content of any shape", async () => {
    const base = fixture("text").message;
    const kinds = [...new Set(fixtures.map((each) => each.message.kind))];
    const { rerender } = await renderMessages(item("text"));
    const keys = fc.constantFrom("body", "caption", "type", "title", "contacts", "items", "action", "response", "header", "sent", "media", "latitude", "longitude", "x");
    fc.assert(
      fc.property(fc.constantFrom(...kinds), fc.dictionary(keys, fc.jsonValue()), (kind, content) => {
        rerender(
          <main>
            <MessageItem message={{ ...base, kind, content }} groupedWithPrevious={false} viewer={fixtureViewer} authorName={null} />
          </main>,
        );
        expect(screen.getByRole("article")).toBeInTheDocument();
      }),
      { numRuns: 60 },
    );
  });

  it("never turns a customer's text into markup", async () => {
    await renderMessages(item("not markup"));
    const article = screen.getByRole("article");
    expect(article.querySelector("img, b, a")).toBeNull();
    expect(article).toHaveTextContent("javascript:alert(1)");
  });

  it("opens links outside without handing over the window", async () => {
    await renderMessages(item("links"));
    for (const link of screen.getAllByRole("link")) {
      expect(link).toHaveAttribute("rel", expect.stringContaining("noopener"));
      expect(link.getAttribute("href")).toMatch(/^(https:|mailto:|tel:)/);
    }
  });
});

describe("ticks", () => {
  const statuses = ["queued", "sending", "sent", "delivered", "read", "played", "unconfirmed"] as const;

  it.each(statuses)("says %s in Portuguese", async (status) => {
    await renderMessages(item(status));
    expect(screen.getByRole("img", { name: ptBR.ticks[status] })).toBeInTheDocument();
  });

  it.each(statuses)("says %s in English", async (status) => {
    await renderMessages(item(status), "en");
    expect(en.ticks[status]).not.toBe(ptBR.ticks[status]);
    expect(screen.getByRole("img", { name: en.ticks[status] })).toBeInTheDocument();
  });

  it("draws every state with a shape of its own", async () => {
    const shapes = new Set<string>();
    for (const title of ["queued", "sent", "delivered", "read", "played", "unconfirmed", "failed for good"]) {
      const { container, unmount } = await renderMessages(item(title));
      const status = fixture(title).message.status;
      shapes.add(container.querySelector(`span[data-status="${status}"] svg`)?.innerHTML ?? "");
      unmount();
    }
    expect(shapes.size).toBe(7);
  });

  it("has none on received messages", async () => {
    await renderMessages(item("text"));
    expect(screen.queryByRole("img")).toBeNull();
  });
});

describe("failures", () => {
  it("says why in the reader's language and sends again on request", async () => {
    const onRetry = vi.fn();
    await renderMessages(item("failed, can be retried", { onRetry }));
    expect(screen.getByText("O WhatsApp está instável. Tente de novo em alguns minutos.")).toBeInTheDocument();
    await userEvent.click(screen.getByRole("button", { name: "Tentar de novo" }));
    expect(onRetry).toHaveBeenCalledWith(fixture("failed, can be retried").message, { evenIfUnconfirmed: false });
  });

  it("offers no retry that cannot help", async () => {
    await renderMessages(item("failed for good", { onRetry: vi.fn() }));
    expect(screen.queryByRole("button", { name: "Tentar de novo" })).toBeNull();
  });

  it("sends an unconfirmed message again only knowingly", async () => {
    const onRetry = vi.fn();
    await renderMessages(item("unconfirmed", { onRetry }));
    await userEvent.click(screen.getByRole("button", { name: "Enviar mesmo assim" }));
    expect(onRetry).toHaveBeenCalledWith(fixture("unconfirmed").message, { evenIfUnconfirmed: true });
  });
});

describe("actions", () => {
  it("reacts, and takes the own reaction back", async () => {
    const onReact = vi.fn();
    await renderMessages(item("reaction", { onReact }));
    await userEvent.hover(screen.getByRole("article"));
    await userEvent.click(screen.getByRole("button", { name: "Reagir" }));
    await userEvent.click(await screen.findByRole("button", { name: "Tirar a reação ❤️" }));
    expect(onReact).toHaveBeenLastCalledWith(fixture("reaction").message, null);
    await userEvent.click(screen.getByRole("button", { name: "Reagir" }));
    await userEvent.click(await screen.findByRole("button", { name: "Reagir com 👍" }));
    expect(onReact).toHaveBeenLastCalledWith(fixture("reaction").message, "👍");
  });

  it("opens the menu and replies by keyboard", async () => {
    const onReply = vi.fn();
    await renderMessages(item("formatting", { onReply, tabStop: true }));
    await userEvent.tab();
    expect(screen.getByRole("article")).toHaveFocus();
    await userEvent.keyboard("r");
    expect(onReply).toHaveBeenCalledTimes(1);
    await userEvent.keyboard("{Enter}");
    await userEvent.click(await screen.findByRole("menuitem", { name: "Responder" }));
    expect(onReply).toHaveBeenCalledTimes(2);
  });

  it("copies the text", async () => {
    const user = userEvent.setup();
    await renderMessages(item("text"));
    await user.hover(screen.getByRole("article"));
    await user.click(screen.getByRole("button", { name: "Mais opções da mensagem" }));
    await user.click(await screen.findByRole("menuitem", { name: "Copiar texto" }));
    expect(await navigator.clipboard.readText()).toBe(fixture("text").message.content.body);
  });

  it("offers neither reply nor reaction while a message is on its way", async () => {
    await renderMessages(item("queued", { onReply: vi.fn(), onReact: vi.fn() }));
    await userEvent.hover(screen.getByRole("article"));
    expect(screen.queryByRole("button", { name: "Responder" })).toBeNull();
    expect(screen.queryByRole("button", { name: "Reagir" })).toBeNull();
  });

  it("moves between messages with the arrow keys", async () => {
    await renderMessages(
      <>
        {item("text", { tabStop: true })}
        {item("formatting")}
      </>,
    );
    await userEvent.tab();
    await userEvent.keyboard("{ArrowDown}");
    expect(screen.getAllByRole("article")[1]).toHaveFocus();
    await userEvent.keyboard("{ArrowUp}");
    expect(screen.getAllByRole("article")[0]).toHaveFocus();
  });
});

describe("context", () => {
  it("goes to the quoted message", async () => {
    const onQuoteClick = vi.fn();
    await renderMessages(item("quoting", { onQuoteClick }));
    await userEvent.click(screen.getByRole("button", { name: /Qual é o número do pedido/ }));
    expect(onQuoteClick).toHaveBeenCalledWith(fixture("quoting").message.context?.quoted);
  });

  it("does not offer to go to a message that we do not have", async () => {
    await renderMessages(item("quoting what we do not have", { onQuoteClick: vi.fn() }));
    expect(screen.queryByRole("button")).toBeNull();
  });

  it("tells who reacted", async () => {
    await renderMessages(item("reactions"));
    await userEvent.click(screen.getByRole("button", { name: "Reações: 🙏 de Marina Duarte; 👍 de Bruno Tavares" }));
    expect(await screen.findByText("Bruno Tavares")).toBeInTheDocument();
  });

  it("shows that a message was deleted, not what it said", async () => {
    await renderMessages(item("deleted by the customer"));
    expect(screen.getByText("Mensagem apagada pelo cliente")).toBeInTheDocument();
    expect(screen.queryByText("apaguei")).toBeNull();
  });

  it("names colleagues, but neither oneself nor grouped messages", async () => {
    const { unmount } = await renderMessages(item("a colleague"));
    expect(screen.getByText("Bruno Tavares")).toBeInTheDocument();
    unmount();
    await renderMessages(item("a colleague", { groupedWithPrevious: true }));
    expect(screen.queryByText("Bruno Tavares")).toBeNull();
  });

  it("marks edited messages", async () => {
    await renderMessages(item("edited"));
    expect(screen.getByText("editada")).toBeInTheDocument();
  });
});

describe("files", () => {
  // jsdom 31 knows the element, not its methods.
  beforeEach(() => {
    HTMLDialogElement.prototype.showModal = function showModal() {
      this.open = true;
    };
    HTMLDialogElement.prototype.close = function close() {
      this.open = false;
      fireEvent(this, new Event("close"));
    };
  });

  it("opens a picture large and closes it again", async () => {
    await renderMessages(item("picture with caption"));
    await userEvent.click(screen.getByRole("button", { name: /^Ampliar foto/ }));
    await userEvent.click(await screen.findByRole("button", { name: "Aproximar" }));
    expect(screen.getByText("140%")).toBeInTheDocument();
    await userEvent.keyboard("0");
    expect(screen.getByText("100%")).toBeInTheDocument();
    await userEvent.click(screen.getByRole("button", { name: "Fechar" }));
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("asks the server again for a file that never came", async () => {
    const onRetryMedia = vi.fn();
    await renderMessages(item("picture that never came", { onRetryMedia }));
    await userEvent.click(screen.getByRole("button", { name: "Tentar de novo" }));
    expect(onRetryMedia).toHaveBeenCalledWith(fixture("picture that never came").message);
  });

  it("downloads documents under their name", async () => {
    await renderMessages(item("document"));
    expect(screen.getByRole("link", { name: "Baixar nota-fiscal-10432.pdf (PDF · 284 kB)" })).toHaveAttribute(
      "download",
      "nota-fiscal-10432.pdf",
    );
  });

  it("adds an order up", async () => {
    await renderMessages(item("order"));
    expect(within(screen.getByRole("article")).getByText(/249,70/)).toBeInTheDocument();
  });

  it("unfolds a long text", async () => {
    await renderMessages(item("long text"));
    expect(screen.queryByText(/9º ponto/)).toBeNull();
    await userEvent.click(screen.getByRole("button", { name: "Ver mais" }));
    expect(screen.getByText(/9º ponto/)).toBeInTheDocument();
  });
});
