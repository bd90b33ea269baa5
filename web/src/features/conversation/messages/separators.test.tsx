import { screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { renderMessages } from "./render-messages";
import { DaySeparator, TicketSeparator, UnreadLine } from "./separators";

describe("separators", () => {
  it("names the day", async () => {
    await renderMessages(<DaySeparator at="2026-11-22T15:00:00" now={new Date("2026-11-23T15:00:00")} />);
    expect(screen.getByRole("separator", { name: "Ontem" })).toBeInTheDocument();
  });

  it("names the ticket and its department", async () => {
    await renderMessages(
      <TicketSeparator protocol="20261123000042" event="closed" at="2026-11-23T12:00:00Z" departmentName="Vendas" />,
      "en",
    );
    expect(screen.getByRole("separator", { name: "Ticket closed 20261123000042" })).toHaveTextContent("Vendas");
  });

  it("counts unread messages in the plural that they need", async () => {
    await renderMessages(
      <>
        <UnreadLine count={1} />
        <UnreadLine count={3} />
      </>,
    );
    expect(screen.getByRole("separator", { name: "1 mensagem não lida" })).toBeInTheDocument();
    expect(screen.getByRole("separator", { name: "3 mensagens não lidas" })).toBeInTheDocument();
  });
});
