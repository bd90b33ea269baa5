import { fireEvent, screen, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import ProofPage from "@/features/settings/proof/proof-page";
import { accessToken } from "@/lib/http/client";
import type { EquationView, ProofView, ProofWindow } from "@/lib/wire/openapi.gen";
import { SESSION, renderApp, stubApi } from "@/test/render-app";

function equation(name: EquationView["name"], change: Partial<EquationView> = {}): EquationView {
  return { name, left: 7, right: 7, gap: 0, under_way: 0, unreported: 0, state: "equal", ...change };
}

const NAMES = ["received", "announced", "numbered", "published", "relayed", "acknowledged"] as const;

function window(change: Partial<ProofWindow> = {}): ProofWindow {
  return {
    since: "2026-11-23T03:00:00Z",
    received: 1234,
    stored: 1200,
    repeated: 30,
    parked: 4,
    messages: 600,
    announced: 600,
    numbered: 1900,
    published: 1900,
    dropped: 0,
    found: 0,
    pushed: 5700,
    acknowledged: 5698,
    ended: 2,
    equations: NAMES.map((name) => equation(name)),
    legs: [
      { leg: "store", count: 600, p50_ms: 3, p99_ms: 12 },
      { leg: "push", count: 600, p50_ms: 4, p99_ms: 20 },
      { leg: "paint", count: 590, p50_ms: 22, p99_ms: 48 },
      { leg: "whole", count: 590, p50_ms: 30, p99_ms: 1400 },
    ],
    ...change,
  };
}

function proof(change: Partial<ProofView> = {}): ProofView {
  return {
    at: "2026-11-23T12:00:00Z",
    state: "equal",
    today: window(),
    week: window({ received: 9_999 }),
    minutes: [
      { minute: "2026-11-23T11:59:00Z", received: 5, pushed: 15, p50_ms: 30, p99_ms: 60 },
      { minute: "2026-11-23T12:00:00Z", received: 8, pushed: 24, p50_ms: 28, p99_ms: 55 },
    ],
    parked_waiting: 0,
    counts_stop_at: 10_000,
    processes: 2,
    trips_per_second: 200,
    ...change,
  };
}

beforeEach(() => {
  accessToken.adopt({ access_token: "t", token_type: "bearer", expires_in: 900, session: SESSION });
});
afterEach(() => vi.unstubAllGlobals());

describe("delivery proof", () => {
  it("shows the way and that every sum adds up", async () => {
    stubApi({ "/proof": proof() });
    await renderApp(<ProofPage />, { path: "/settings/proof" });
    expect(await screen.findByText("Tudo confere")).toBeInTheDocument();
    const way = screen.getByRole("list", { name: "Do recebimento à confirmação" });
    expect(within(way).getAllByRole("listitem")).toHaveLength(6);
    expect(within(way).getByText("1.234")).toBeInTheDocument();
    expect(within(way).getByText("30 repetidas · 4 à parte")).toBeInTheDocument();
    expect(screen.getAllByText("Igual")).toHaveLength(6);
    expect(screen.getByText("2 processos contam agora")).toBeInTheDocument();
    expect(screen.getByRole("row", { name: /Do começo ao fim 30 ms 1,4 s 590/ })).toBeInTheDocument();
  });

  it("names a gap, and says what it is made of", async () => {
    const equations = NAMES.map((name) =>
      name === "acknowledged"
        ? equation(name, { left: 10, right: 5, gap: 5, under_way: 2, unreported: 3, state: "explained" })
        : equation(name),
    );
    stubApi({ "/proof": proof({ state: "explained", today: window({ equations }) }) });
    await renderApp(<ProofPage />, { path: "/settings/proof" });
    expect(await screen.findByText("Confere, com uma lacuna explicada")).toBeInTheDocument();
    expect(screen.getByText(/2 estão a caminho agora\..*3 ficaram sem conta/)).toBeInTheDocument();
  });

  it("raises an alarm where something may be lost", async () => {
    const equations = [equation("received", { left: 8, right: 7, gap: 1, state: "alarm" })];
    stubApi({ "/proof": proof({ state: "alarm", today: window({ equations }) }) });
    await renderApp(<ProofPage />, { path: "/settings/proof" });
    expect(await screen.findByRole("alert")).toHaveTextContent("Uma conta não fecha");
    expect(screen.getByText("diferença: 1")).toBeInTheDocument();
  });

  it("changes to the week, and tells a minute's figures to whoever walks with the arrows", async () => {
    stubApi({ "/proof": proof() });
    await renderApp(<ProofPage />, { path: "/settings/proof" });
    fireEvent.click(await screen.findByRole("radio", { name: "7 dias" }));
    expect(screen.getByText("9.999")).toBeInTheDocument();
    const plot = screen.getByRole("group", { name: /Tempo até aparecer/ });
    fireEvent.keyDown(plot, { key: "ArrowLeft" });
    fireEvent.keyDown(plot, { key: "ArrowLeft" });
    expect(screen.getAllByText("15").length).toBeGreaterThan(0);
    fireEvent.keyDown(plot, { key: "Escape" });
    expect(screen.getByText("Última hora")).toBeInTheDocument();
  });

  it("says how to repeat what is parked", async () => {
    stubApi({ "/proof": proof({ parked_waiting: 3 }) });
    await renderApp(<ProofPage />, { path: "/settings/proof" });
    expect(await screen.findByText("3 esperam para ser vistas de novo.")).toBeInTheDocument();
    expect(screen.getByText("prosa replay")).toBeInTheDocument();
  });
});
