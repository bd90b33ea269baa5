import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { areShorter, areValid, parseRules, whatToCount } from "@/features/settings/privacy/model/retention";
import PrivacyPage from "@/features/settings/privacy/privacy-page";
import { accessToken } from "@/lib/http/client";
import type { Permission } from "@/lib/wire/openapi.gen";
import { SESSION, renderApp, stubApi } from "@/test/render-app";
import { sent } from "@/test/requests";

const session = { ...SESSION, permissions: [...SESSION.permissions, "privacy.manage"] as Permission[] };
const RETENTION = { media_days: null, messages_days: null, contacts_days: null, contact_fields_days: {} };
const SEALING = { state: "off", since: null, sealed_rows: 0, holds_sealed: false };
const POLICY = {
  mask_phones: false,
  encrypt_content: false,
  retention: RETENTION,
  version: 5,
  content_sealing: SEALING,
};
const PREVIEW = {
  as_of: "2026-11-23T12:00:00Z",
  files: 285,
  file_bytes: 3_400_000,
  messages: 0,
  contacts: 0,
  fields: {},
  is_capped: false,
};
const ERASURE = {
  id: "x1",
  contact_id: "c1",
  reason: "Pedido do titular",
  requested_by: "u1",
  requested_by_name: "Ana Lima",
  requested_at: "2026-11-23T12:00:00Z",
  state: "done",
  done_at: "2026-11-23T12:00:05Z",
  removed: { messages: 5, files: 1, from_tomorrow: 2 },
};
const CERTIFICATE = {
  id: "x1",
  account_id: "a1",
  account_name: "Casa",
  subject: { contact_id: "c1", algorithm: "HMAC-SHA256", hashes: ["aa", "bb"] },
  reason: ERASURE.reason,
  requested_by: "u1",
  requested_by_name: "Ana Lima",
  requested_at: ERASURE.requested_at,
  done_at: ERASURE.done_at,
  removed: ERASURE.removed,
  kept: ["audit_log"],
  not_covered: ["meta"],
  legal_basis: "LGPD, art. 18, VI",
  mac: "feedbeef",
};

async function open(more: Record<string, unknown> = {}, path = "/settings/privacy") {
  accessToken.adopt({ access_token: "t", token_type: "bearer", expires_in: 900, session });
  const api = stubApi({
    "/privacy/policy": POLICY,
    "/privacy/retention/preview": PREVIEW,
    "/privacy/erasures": { items: [], next_cursor: null },
    "/exports": [],
    ...more,
  });
  await renderApp(<PrivacyPage />, { path, session });
  return { api, user: userEvent.setup() };
}

afterEach(() => vi.unstubAllGlobals());

describe("masking", () => {
  it("takes effect at once and leaves the rest of the policy as it is", async () => {
    const { api, user } = await open();
    await user.click(await screen.findByRole("switch", { name: /Esconder telefones/ }));
    await vi.waitFor(() =>
      expect(sent(api, "PUT", "/privacy/policy")).toEqual({ ...POLICY, mask_phones: true }),
    );
  });
});

describe("encryption", () => {
  const label = /Cifrar o que se escreve/;

  it("says what it covers and what it costs before it begins", async () => {
    const { api, user } = await open();
    await user.click(await screen.findByRole("switch", { name: label }));
    const dialog = await screen.findByRole("dialog");
    expect(dialog).toHaveTextContent("Não cifra nomes, telefones");
    expect(dialog).toHaveTextContent("perde o texto das conversas, para sempre");
    expect(sent(api, "PUT", "/privacy/policy")).toBeUndefined();
    await user.click(within(dialog).getByRole("button", { name: "Ligar criptografia" }));
    await vi.waitFor(() =>
      expect(sent(api, "PUT", "/privacy/policy")).toEqual({ ...POLICY, encrypt_content: true }),
    );
  });

  it("shows how far it has come", async () => {
    const sealing = { ...SEALING, state: "catching_up", sealed_rows: 1200, holds_sealed: true };
    await open({ "/privacy/policy": { ...POLICY, encrypt_content: true, content_sealing: sealing } });
    expect(await screen.findByText(/estão sendo cifradas agora: 1200 registros/)).toBeVisible();
    expect(screen.getByRole("switch", { name: label })).toBeChecked();
  });

  it("is turned off without a question: what is sealed stays readable", async () => {
    const policy = { ...POLICY, encrypt_content: true, content_sealing: { ...SEALING, state: "on" } };
    const { api, user } = await open({ "/privacy/policy": policy });
    await user.click(await screen.findByRole("switch", { name: label }));
    await vi.waitFor(() =>
      expect(sent(api, "PUT", "/privacy/policy")).toEqual({ ...policy, encrypt_content: false }),
    );
  });
});

describe("retention", () => {
  it("counts what a shorter rule would delete, and asks before it saves", async () => {
    const { api, user } = await open();
    await user.selectOptions(await screen.findByLabelText("Prazo de Arquivos"), "30");
    expect(await screen.findByText(/Hoje apagaria 285 arquivos \(3,4 MB\)/)).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Salvar" }));
    const dialog = await screen.findByRole("dialog");
    expect(dialog).toHaveTextContent("o Prosa apaga 285 arquivos");
    expect(sent(api, "PUT", "/privacy/policy")).toBeUndefined();
    await user.click(within(dialog).getByRole("button", { name: "Salvar e apagar" }));
    await vi.waitFor(() =>
      expect(sent(api, "PUT", "/privacy/policy")).toEqual({
        ...POLICY,
        retention: { ...RETENTION, media_days: 30 },
      }),
    );
  });

  it("refuses a period that is too short", async () => {
    const { user } = await open();
    await user.selectOptions(await screen.findByLabelText("Prazo de Contatos sem conversa"), "custom");
    const days = screen.getByLabelText("Dias de Contatos sem conversa");
    await user.clear(days);
    await user.type(days, "7");
    expect(screen.getByText("De 30 a 3.650 dias.")).toBeVisible();
    expect(screen.getByRole("button", { name: "Salvar" })).toBeDisabled();
  });

  it("has rules for fields of the company's own", async () => {
    const { api, user } = await open();
    await user.click(await screen.findByRole("button", { name: "Outro campo" }));
    const dialog = await screen.findByRole("dialog");
    await user.type(within(dialog).getByLabelText("Nome do campo"), "cpf");
    await user.click(within(dialog).getByRole("button", { name: "Outro campo" }));
    await user.click(screen.getByRole("button", { name: "Salvar" }));
    await user.click(await screen.findByRole("button", { name: "Salvar e apagar" }));
    await vi.waitFor(() =>
      expect(sent(api, "PUT", "/privacy/policy")).toMatchObject({
        retention: { contact_fields_days: { cpf: 365 } },
      }),
    );
  });

  it("knows which rules are shorter, valid and to be counted", () => {
    const stored = parseRules({ media_days: 90 });
    expect(areShorter({ ...stored, media: 180 }, stored)).toBe(false);
    expect(areShorter({ ...stored, media: null }, stored)).toBe(false);
    expect(areShorter({ ...stored, messages: 365 }, stored)).toBe(true);
    expect(areValid({ ...stored, media: 6 })).toBe(false);
    expect(whatToCount(stored, stored)).toEqual({ rules: null, isEmpty: false });
    expect(whatToCount({ ...stored, media: null }, stored).isEmpty).toBe(true);
  });
});

describe("erasures", () => {
  it("say how one comes about when there is none", async () => {
    await open();
    expect(await screen.findByText("Nenhuma exclusão ainda")).toBeVisible();
  });

  it("open with their certificate, kinds that this version does not know included", async () => {
    const { user } = await open({
      "/privacy/erasures": { items: [ERASURE], next_cursor: null },
      "/privacy/erasures/x1": ERASURE,
      "/privacy/erasures/x1/certificate": CERTIFICATE,
    });
    await user.click(await screen.findByRole("row", { name: /Pedido do titular/ }));
    const dialog = await screen.findByRole("dialog");
    expect(await within(dialog).findByText("feedbeef")).toBeVisible();
    expect(within(dialog).getByText("from_tomorrow")).toBeVisible();
    expect(within(dialog).getByText(/2 identificadores/)).toBeVisible();
    expect(within(dialog).getByRole("button", { name: "Baixar certificado" })).toBeEnabled();
  });

  it("are found by a number, which goes in the body", async () => {
    const { api, user } = await open({ "/privacy/erasures/search": [ERASURE] });
    await user.type(await screen.findByLabelText(/Telefone ou identificador/), "11 91234-5601");
    await user.click(screen.getByRole("button", { name: "Procurar prova" }));
    expect(await screen.findByText(/Sim: há 1 exclusão/)).toBeVisible();
    expect(sent(api, "POST", "/privacy/erasures/search")).toEqual({ identity: "11 91234-5601" });
  });
});
