import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import ApiKeysPage from "@/features/settings/api-keys/api-keys-page";
import { expiryMoment } from "@/features/settings/api-keys/expiry";
import { accessToken } from "@/lib/http/client";
import type { ApiKeyView, SessionView } from "@/lib/wire/openapi.gen";
import { SESSION, renderApp, stubApi } from "@/test/render-app";
import { sent } from "@/test/requests";

const OWNER: SessionView = { ...SESSION, permissions: ["inbox", "contacts.edit", "api_keys.manage"] };

const KEY: ApiKeyView = {
  id: "k1",
  name: "Site",
  prefix: "prosa_ab12cd34",
  state: "active",
  scopes: ["inbox"],
  department_ids: ["d1"],
  created_by: "u1",
  created_by_name: "Ana Lima",
  created_at: "2026-11-01T12:00:00Z",
  expires_at: null,
  rotated_at: null,
  previous_expires_at: null,
  last_used_at: null,
  last_used_ip: null,
  revoked_at: null,
  version: 2,
};

const SECRET = "prosa_ab12cd34_0123456789";

const ANSWERS = {
  "GET /api-keys": [KEY],
  "/permissions": [
    { name: "inbox", group: "inbox" },
    { name: "contacts.edit", group: "contacts" },
    { name: "audit.view", group: "security" },
  ],
  "/departments": [
    { id: "d1", name: "Vendas", color: "#0f8a7e", position: 0, archived_at: null, version: 1 },
    { id: "d2", name: "Alheio", color: "#0f8a7e", position: 1, archived_at: null, version: 1 },
  ],
};

async function show(answers: Record<string, unknown> = {}, session = OWNER) {
  accessToken.adopt({ access_token: "t", token_type: "bearer", expires_in: 900, session });
  const api = stubApi({ ...ANSWERS, ...answers });
  const user = userEvent.setup();
  await renderApp(<ApiKeysPage />, { path: "/settings/api-keys", session });
  return { api, user };
}

async function choose(user: ReturnType<typeof userEvent.setup>, action: string) {
  await user.click(await screen.findByRole("button", { name: "Ações de Site" }));
  await user.click(await screen.findByRole("menuitem", { name: action }));
  return screen.findByRole("dialog");
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("expiry", () => {
  const now = Date.parse("2026-11-23T12:00:00Z");

  it("is a number of days, never, or the end of a day to come", () => {
    expect(expiryMoment("30", "", now)).toBe("2026-12-23T12:00:00.000Z");
    expect(expiryMoment("forever", "", now)).toBeNull();
    expect(expiryMoment("date", "2026-11-20", now)).toBeUndefined();
    expect(expiryMoment("date", "", now)).toBeUndefined();
    expect(Date.parse(expiryMoment("date", "2026-12-01", now) ?? "")).toBeGreaterThan(now);
  });
});

describe("API keys", () => {
  it("shows how to call, and invites to make the first one", async () => {
    await show({ "GET /api-keys": [] });
    expect(await screen.findByText("Nenhuma chave em uso")).toBeInTheDocument();
    expect(screen.getByLabelText("Exemplo com curl")).toHaveTextContent("Authorization: Bearer SUA_CHAVE");
  });

  it("says why it did not load", async () => {
    const refused = { type: "x", title: "x", status: 403, code: "forbidden" };
    await show({ "GET /api-keys": Response.json(refused, { status: 403 }) });
    expect(await screen.findByText("Seu perfil não permite isto.")).toBeInTheDocument();
  });

  it("keeps those that are over apart, with nothing to do", async () => {
    await show({ "GET /api-keys": [{ ...KEY, state: "revoked" }] });
    expect(await screen.findByText("Revogada")).toBeInTheDocument();
    expect(screen.queryByRole("button", { name: "Ações de Site" })).not.toBeInTheDocument();
  });

  it("makes one of what one has, and shows it this once", async () => {
    const { user, api } = await show({ "POST /api-keys": { api_key: KEY, key: SECRET } });
    await user.click(await screen.findByRole("button", { name: "Nova chave" }));
    const dialog = await screen.findByRole("dialog");
    await user.type(within(dialog).getByLabelText("Nome"), "Site");
    const create = within(dialog).getByRole("button", { name: "Criar chave" });
    expect(create).toBeDisabled();
    expect(await within(dialog).findByRole("checkbox", { name: /Ver a auditoria/ })).toBeDisabled();
    await user.click(within(dialog).getByRole("checkbox", { name: /Atender/ }));
    expect(within(dialog).queryByRole("checkbox", { name: "Alheio" })).not.toBeInTheDocument();
    await user.click(within(dialog).getByRole("checkbox", { name: "Vendas" }));
    await user.selectOptions(within(dialog).getByLabelText("Validade"), "forever");
    await user.click(create);
    expect(await screen.findByTestId("secret")).toHaveTextContent(SECRET);
    expect(sent(api, "POST", "/api-keys")).toEqual({
      name: "Site",
      scopes: ["inbox"],
      department_ids: ["d1"],
      expires_at: null,
    });
    await user.keyboard("{Escape}");
    expect(screen.getByTestId("secret")).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Guardei a chave" }));
    await vi.waitFor(() => expect(screen.queryByTestId("secret")).not.toBeInTheDocument());
  });

  it("leaves the expiry alone unless another is chosen", async () => {
    const { user, api } = await show({ "PATCH /api-keys/k1": KEY });
    const dialog = await choose(user, "Alterar");
    const name = within(dialog).getByLabelText("Nome");
    await user.type(name, " novo");
    await user.click(within(dialog).getByRole("button", { name: "Salvar" }));
    await vi.waitFor(() =>
      expect(sent(api, "PATCH", "/api-keys/k1")).toEqual({
        name: "Site novo",
        scopes: ["inbox"],
        department_ids: ["d1"],
        version: 2,
      }),
    );
  });

  it("rotates with an overlap and says until when the old one is good", async () => {
    const rotated = {
      ...KEY,
      rotated_at: "2026-11-23T12:00:00Z",
      previous_expires_at: "2026-11-24T12:00:00Z",
    };
    const { user, api } = await show({ "/api-keys/k1/rotate": { api_key: rotated, key: SECRET } });
    const dialog = await choose(user, "Trocar a chave");
    await user.click(within(dialog).getByRole("button", { name: "Trocar" }));
    expect(await screen.findByText(/A anterior continua valendo até/)).toBeInTheDocument();
    expect(sent(api, "POST", "/api-keys/k1/rotate")).toEqual({ overlap_hours: 24 });
  });

  it("asks before it revokes", async () => {
    const { user, api } = await show({ "DELETE /api-keys/k1": null });
    const dialog = await choose(user, "Revogar");
    expect(sent(api, "DELETE", "/api-keys/k1")).toBeUndefined();
    await user.click(within(dialog).getByRole("button", { name: "Revogar" }));
    await vi.waitFor(() => expect(sent(api, "DELETE", "/api-keys/k1")).toBeNull());
  });

  it("is for looking only in somebody else's place", async () => {
    const impersonated: SessionView = {
      ...OWNER,
      impersonated_by: { id: "s1", name: "Sara", reason: "Chamado 12" },
    };
    await show({}, impersonated);
    expect(await screen.findByText(/as chaves são só para olhar/)).toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Nova chave" })).toBeDisabled();
    expect(screen.queryByRole("button", { name: "Ações de Site" })).not.toBeInTheDocument();
  });
});
