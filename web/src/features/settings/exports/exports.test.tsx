import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import ExportsPage from "@/features/settings/exports/exports-page";
import { accessToken } from "@/lib/http/client";
import { sessionState } from "@/lib/session";
import type { ExportView } from "@/lib/wire/openapi.gen";
import { SESSION, renderApp, stubApi } from "@/test/render-app";

const READY: ExportView = {
  id: "e1",
  kind: "audit",
  subject_id: null,
  state: "ready",
  file_name: "auditoria.csv",
  mime_type: "text/csv",
  size: 2048,
  error: null,
  requested_by: "u1",
  requested_by_name: "Ana Lima",
  created_at: "2026-11-23T12:00:00Z",
  ready_at: "2026-11-23T12:00:05Z",
  expires_at: "2026-11-30T12:00:00Z",
};

beforeEach(() => {
  accessToken.adopt({ access_token: "t", token_type: "bearer", expires_in: 900, session: SESSION });
});
afterEach(() => vi.unstubAllGlobals());

describe("exports page", () => {
  it("lists every state and offers only what is ready", async () => {
    const failed = { ...READY, id: "e2", kind: "contact", state: "failed", file_name: "", size: null };
    const expired = { ...READY, id: "e3", kind: "account", state: "expired", file_name: "" };
    stubApi({ "/exports": [READY, failed, expired] });
    await renderApp(<ExportsPage />, { path: "/settings/exports" });
    expect(await screen.findByText("auditoria.csv")).toBeInTheDocument();
    expect(screen.getByText("Não deu certo")).toBeInTheDocument();
    expect(screen.getByText("Expirou")).toBeInTheDocument();
    expect(screen.getAllByRole("button", { name: /^Baixar/ })).toHaveLength(1);
  });

  it("offers the whole company only to whoever manages it, and asks first", async () => {
    const api = stubApi({ "/exports": [], "/account/export": READY });
    const user = userEvent.setup();
    await renderApp(<ExportsPage />, { path: "/settings/exports" });
    expect(await screen.findByText("Nenhuma exportação ainda")).toBeInTheDocument();
    expect(screen.queryByRole("button", { name: "Exportar tudo da empresa" })).not.toBeInTheDocument();
    sessionState.set({
      status: "signed-in",
      session: { ...SESSION, permissions: [...SESSION.permissions, "account.manage"] },
    });
    await user.click(await screen.findByRole("button", { name: "Exportar tudo da empresa" }));
    const dialog = await screen.findByRole("dialog");
    await user.click(within(dialog).getByRole("button", { name: "Pedir arquivo" }));
    await vi.waitFor(() =>
      expect(api.mock.calls.some(([address]) => String(address).endsWith("/account/export"))).toBe(true),
    );
  });
});
