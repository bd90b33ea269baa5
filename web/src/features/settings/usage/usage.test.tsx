import { fireEvent, screen, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { niceTop, troublesOf } from "@/components/usage/usage-model";
import UsagePage from "@/features/settings/usage/usage-page";
import { accessToken } from "@/lib/http/client";
import type { UsageView } from "@/lib/wire/openapi.gen";
import { SESSION, renderApp, stubApi } from "@/test/render-app";

const USAGE: UsageView = {
  at: "2026-11-23T12:00:00Z",
  plan: "standard",
  limits: {
    members: 50,
    numbers: 5,
    departments: 30,
    api_keys: 10,
    roles: 20,
    storage_bytes: 50 * 1024 ** 3,
    upload_bytes: 100 * 1024 ** 2,
    user_requests_per_minute: 1200,
    key_requests_per_minute: 600,
    number_sends_per_minute: 4800,
  },
  members: 7,
  numbers: [
    {
      id: "n1",
      name: "Loja",
      display_phone_number: "+55 11 3000-0000",
      state: "receiving",
      is_fine: true,
      last_webhook_at: "2026-11-23T11:59:00Z",
    },
  ],
  days: [
    { day: "2026-11-22", messages_in: 3, messages_out: 2, api_requests: 0 },
    { day: "2026-11-23", messages_in: 40, messages_out: 30, api_requests: 9 },
  ],
  open_tickets: 42,
  queued_tickets: 12,
  outbox_waiting: 0,
  outbox_oldest_at: null,
  parked_webhooks: 0,
  storage_bytes: 5 * 1024 ** 3,
  storage_at: "2026-11-23T11:30:00Z",
  counts_stop_at: 1000,
};

beforeEach(() => {
  accessToken.adopt({ access_token: "t", token_type: "bearer", expires_in: 900, session: SESSION });
});
afterEach(() => vi.unstubAllGlobals());

describe("usage page", () => {
  it("says that all is well, and how much of the plan is used", async () => {
    stubApi({ "/account/usage": USAGE });
    await renderApp(<UsagePage />, { path: "/settings/usage" });
    expect(await screen.findByText("Tudo funcionando")).toBeInTheDocument();
    expect(screen.getByRole("meter", { name: "Pessoas" })).toHaveAttribute("aria-valuetext", "7 de 50");
    expect(screen.getByRole("meter", { name: "Arquivos guardados" })).toHaveAttribute(
      "aria-valuetext",
      expect.stringMatching(/^5 GB de 50 GB$/),
    );
    expect(screen.getByText("Recebendo")).toBeInTheDocument();
  });

  it("names what needs a look, and whom to ask", async () => {
    const late = { ...USAGE, outbox_waiting: 3, outbox_oldest_at: "2026-11-23T11:00:00Z" };
    stubApi({ "/account/usage": late, "/product": { support_contact: "ajuda@x.example", banner: null } });
    await renderApp(<UsagePage />, { path: "/settings/usage" });
    expect(await screen.findByText(/3 mensagens esperam para sair/)).toBeInTheDocument();
    expect(await screen.findByText(/ajuda@x\.example/)).toBeInTheDocument();
  });

  it("tells a day's figures to whoever walks with the arrows", async () => {
    stubApi({ "/account/usage": USAGE });
    await renderApp(<UsagePage />, { path: "/settings/usage" });
    const plot = await screen.findByRole("group", { name: /Mensagens por dia/ });
    fireEvent.keyDown(plot, { key: "ArrowLeft" });
    expect(screen.getByText(/23 de novembro/)).toBeInTheDocument();
    fireEvent.keyDown(plot, { key: "ArrowLeft" });
    expect(screen.getByText(/22 de novembro/)).toBeInTheDocument();
    fireEvent.keyDown(plot, { key: "Escape" });
    expect(screen.getByText("Últimos 2 dias")).toBeInTheDocument();
    expect(within(screen.getByRole("table")).getAllByRole("row")).toHaveLength(3);
  });

  it("invites to wait when nobody has written yet", async () => {
    stubApi({ "/account/usage": { ...USAGE, days: [], numbers: [] } });
    await renderApp(<UsagePage />, { path: "/settings/usage" });
    expect(await screen.findByText("Ainda não houve mensagens")).toBeInTheDocument();
    expect(screen.getByText("Nenhum número ligado ainda.")).toBeInTheDocument();
  });
});

describe("figures", () => {
  it("find every trouble", () => {
    const number = USAGE.numbers[0];
    if (number === undefined) throw new Error("no number");
    const troubles = troublesOf({
      ...USAGE,
      parked_webhooks: 2,
      storage_bytes: 46 * 1024 ** 3,
      numbers: [
        { ...number, state: "never", is_fine: false },
        { ...number, state: "quiet" },
      ],
    });
    expect(troubles.map(({ kind }) => kind)).toEqual(["parked", "never", "full"]);
  });

  it("round a scale up to 1, 2 or 5", () => {
    expect([0, 5, 7, 164, 1001, 2000].map(niceTop)).toEqual([5, 5, 10, 200, 2000, 2000]);
  });
});
