import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import AccountsPage from "@/features/settings/installation/accounts/accounts-page";
import InstallationAuditPage from "@/features/settings/installation/audit/installation-audit-page";
import HealthPage from "@/features/settings/installation/health/health-page";
import InstallationPeoplePage from "@/features/settings/installation/people/installation-people-page";
import InstallationSettingsPage from "@/features/settings/installation/settings/installation-settings-page";
import { accessToken } from "@/lib/http/client";
import { sessionState } from "@/lib/session";
import type { InstallationAccount, PersonView } from "@/lib/wire/openapi.gen";
import { SESSION, renderApp, stubApi } from "@/test/render-app";

const ACCOUNT: InstallationAccount = {
  id: "c1",
  name: "Padaria",
  slug: "padaria",
  state: "active",
  state_reason: null,
  state_since: "2026-01-01T00:00:00Z",
  closing_by: null,
  erase_after: null,
  erased_at: null,
  is_home: false,
  plan: "standard",
  locale: "pt-BR",
  time_zone: "America/Sao_Paulo",
  created_at: "2026-01-01T00:00:00Z",
  health: {
    is_fine: false,
    members: 4,
    admins: 0,
    numbers: 1,
    last_inbound_at: null,
    parked_webhooks: 0,
    outbox_oldest_at: null,
    numbers_not_fine: 0,
  },
};
const USAGE = {
  at: "2026-11-23T12:00:00Z",
  plan: "standard",
  limits: {
    members: 50,
    numbers: 5,
    departments: 30,
    api_keys: 10,
    roles: 20,
    storage_bytes: 1,
    upload_bytes: 1,
    user_requests_per_minute: 1200,
    key_requests_per_minute: 600,
    number_sends_per_minute: 4800,
  },
  members: 4,
  numbers: [],
  days: [],
  open_tickets: 0,
  queued_tickets: 0,
  outbox_waiting: 0,
  outbox_oldest_at: null,
  parked_webhooks: 0,
  storage_bytes: 0,
  storage_at: "2026-11-23T11:30:00Z",
  counts_stop_at: 1000,
};
const PERSON: PersonView = {
  id: "p1",
  name: "Rita Melo",
  email: "rita@x.example",
  locale: "pt-BR",
  created_at: "2026-01-01T00:00:00Z",
  disabled_at: null,
  is_super_admin: false,
  second_factor: true,
  last_seen_at: null,
  accounts: [{ id: "c1", name: "Padaria", state: "active", role: "admin" }],
};

function page(items: readonly unknown[]) {
  return { items, next_cursor: null };
}

function bodyOf(api: ReturnType<typeof vi.fn>, path: string): unknown {
  const call = api.mock.calls.findLast(
    ([address, init]) =>
      String(address).endsWith(path) && (init as { method: string } | undefined)?.method !== "GET",
  );
  const body = (call?.[1] as { body: unknown } | undefined)?.body;
  return typeof body === "string" ? (JSON.parse(body) as unknown) : body;
}

beforeEach(() => {
  accessToken.adopt({ access_token: "t", token_type: "bearer", expires_in: 900, session: SESSION });
});
afterEach(() => vi.unstubAllGlobals());

describe("companies", () => {
  it("says in a word what is wrong with one", async () => {
    stubApi({ "/installation/accounts": page([ACCOUNT]) });
    await renderApp(<AccountsPage />, { path: "/settings/installation-accounts" });
    expect(await screen.findByText("Padaria")).toBeInTheDocument();
    expect(screen.getByText("Sem quem administre")).toBeInTheDocument();
  });

  it("searches in the address and on the server, once the typing pauses", async () => {
    const api = stubApi({ "/installation/accounts": page([]) });
    const user = userEvent.setup();
    await renderApp(<AccountsPage />, { path: "/settings/installation-accounts" });
    expect(await screen.findByText("Nenhuma empresa ainda")).toBeInTheDocument();
    await user.type(screen.getByRole("searchbox"), "padaria");
    expect(await screen.findByText("Nada encontrado")).toBeInTheDocument();
    const asked = api.mock.calls
      .map(([address]) => String(address))
      .filter((address) => address.includes("q="));
    expect(asked).toHaveLength(1);
    expect(asked[0]).toContain("q=padaria");
  });

  it("suspends one with a reason", async () => {
    const details = { ...ACCOUNT, usage: USAGE };
    const api = stubApi({
      "/installation/accounts/c1": details,
      "/installation/people": page([]),
      "/installation/accounts/c1/suspend": { ...details, state: "suspended", state_reason: "fatura" },
    });
    const user = userEvent.setup();
    await renderApp(<AccountsPage />, { path: "/settings/installation-accounts?account=c1" });
    await user.click(await screen.findByRole("button", { name: "Ações" }));
    await user.click(await screen.findByRole("menuitem", { name: "Suspender" }));
    const dialog = await screen.findByRole("dialog");
    const confirm = within(dialog).getByRole("button", { name: "Suspender" });
    expect(confirm).toBeDisabled();
    await user.type(within(dialog).getByRole("textbox", { name: "Motivo" }), "fatura");
    await user.click(confirm);
    await vi.waitFor(() => expect(bodyOf(api, "/suspend")).toEqual({ reason: "fatura" }));
    expect(await screen.findByText("Esta empresa está suspensa")).toBeInTheDocument();
  });

  it("makes a new one and invites its admin", async () => {
    const api = stubApi({ "/installation/accounts": page([ACCOUNT]), "/installation/people": page([]) });
    const user = userEvent.setup();
    await renderApp(<AccountsPage />, { path: "/settings/installation-accounts" });
    await user.click(await screen.findByRole("button", { name: "Nova empresa" }));
    const dialog = await screen.findByRole("dialog");
    const submit = within(dialog).getByRole("button", { name: "Criar e convidar" });
    await user.type(within(dialog).getByRole("textbox", { name: "Nome da empresa" }), "Floricultura");
    await user.type(within(dialog).getByRole("textbox", { name: /E-mail/ }), "sem arroba");
    expect(submit).toBeDisabled();
    await user.clear(within(dialog).getByRole("textbox", { name: /E-mail/ }));
    await user.type(within(dialog).getByRole("textbox", { name: /E-mail/ }), "lia@x.example");
    await user.click(submit);
    await vi.waitFor(() =>
      expect(bodyOf(api, "/installation/accounts")).toMatchObject({
        name: "Floricultura",
        admin_email: "lia@x.example",
        plan: null,
      }),
    );
  });
});

describe("people", () => {
  it("blocks somebody with a reason, never oneself", async () => {
    const me = { ...PERSON, id: SESSION.user.id, name: "Eu Mesma" };
    const api = stubApi({
      "/installation/people": page([PERSON, me]),
      "/installation/people/p1/disable": { ...PERSON, disabled_at: "2026-11-23T12:00:00Z" },
    });
    const user = userEvent.setup();
    await renderApp(<InstallationPeoplePage />, { path: "/settings/installation-people" });
    await screen.findByText("Eu Mesma");
    expect(screen.getAllByRole("button", { name: /^Ações de/ })).toHaveLength(1);
    await user.click(screen.getByRole("button", { name: "Ações de Rita Melo" }));
    await user.click(await screen.findByRole("menuitem", { name: "Bloquear" }));
    const dialog = await screen.findByRole("dialog");
    await user.type(within(dialog).getByRole("textbox", { name: "Motivo" }), "saiu da empresa");
    await user.click(within(dialog).getByRole("button", { name: "Bloquear" }));
    await vi.waitFor(() => expect(bodyOf(api, "/disable")).toEqual({ reason: "saiu da empresa" }));
  });

  it("signs in as somebody, with a reason", async () => {
    const other = { ...SESSION, user: { ...SESSION.user, id: "p1", name: "Rita Melo" } };
    const api = stubApi({
      "/installation/people": page([PERSON]),
      "/installation/accounts/c1/impersonate": {
        access_token: "t2",
        token_type: "bearer",
        expires_in: 900,
        session: other,
      },
    });
    const user = userEvent.setup();
    await renderApp(<InstallationPeoplePage />, { path: "/settings/installation-people" });
    await user.click(await screen.findByRole("button", { name: "Ações de Rita Melo" }));
    await user.click(await screen.findByRole("menuitem", { name: /Entrar como/ }));
    const dialog = await screen.findByRole("dialog");
    await user.type(within(dialog).getByRole("textbox", { name: "Motivo" }), "chamado 12");
    await user.click(within(dialog).getByRole("button", { name: "Entrar" }));
    await vi.waitFor(() =>
      expect(bodyOf(api, "/impersonate")).toEqual({ user_id: "p1", reason: "chamado 12" }),
    );
    await vi.waitFor(() => {
      const state = sessionState.get();
      expect(state.status === "signed-in" && state.session.user.id).toBe("p1");
    });
  });
});

describe("health", () => {
  it("shows the log's fields and filters by level", async () => {
    const entry = {
      id: "l1",
      at: "2026-11-23T12:00:00Z",
      level: "error",
      event: "outbox_send_failed",
      process: "work@host/7",
      fields: { account_id: "c1", attempt: 3 },
    };
    const api = stubApi({
      "/installation/log": page([entry]),
      "/installation/mail": {
        has_server: false,
        waiting: 2,
        failed: 0,
        oldest_waiting_at: null,
        last_error: null,
      },
    });
    const user = userEvent.setup();
    await renderApp(<HealthPage />, { path: "/settings/installation-health" });
    expect(await screen.findByText(/Nenhum servidor de e-mail/)).toBeInTheDocument();
    expect(await screen.findByText("outbox_send_failed")).toBeInTheDocument();
    expect(screen.getByText("account_id")).toBeInTheDocument();
    await user.selectOptions(screen.getByRole("combobox", { name: "Nível" }), "error");
    await vi.waitFor(() =>
      expect(api.mock.calls.some(([address]) => String(address).includes("level=error"))).toBe(true),
    );
  });
});

describe("global settings", () => {
  it("saves an announcement and keeps what is not on the page", async () => {
    const settings = {
      product_name: "Prosa",
      support_contact: "",
      banner: null,
      default_plan: "standard",
      session_days: null,
      password_minimum: 10,
    };
    const api = stubApi({ "/installation/settings": settings });
    const user = userEvent.setup();
    await renderApp(<InstallationSettingsPage />, { path: "/settings/installation-settings" });
    await user.click(await screen.findByRole("checkbox", { name: "Mostrar um aviso" }));
    const save = screen.getByRole("button", { name: "Salvar" });
    expect(save).toBeDisabled();
    await user.type(screen.getByRole("textbox", { name: "Texto" }), "Manutenção às 22h");
    await user.click(screen.getByRole("radio", { name: "Atenção" }));
    await user.click(save);
    await vi.waitFor(() =>
      expect(bodyOf(api, "/installation/settings")).toMatchObject({
        banner: { text: "Manutenção às 22h", level: "warning" },
        product_name: "Prosa",
      }),
    );
  });
});

describe("installation audit", () => {
  it("verifies its own chain", async () => {
    const api = stubApi({
      "/installation/audit": page([]),
      "/installation/audit/verify": {
        entries: 12,
        is_whole: true,
        first_broken_seq: null,
        broken: [],
        head_seq: 12,
        head_mac: "ab",
      },
    });
    const user = userEvent.setup();
    await renderApp(<InstallationAuditPage />, { path: "/settings/installation-audit" });
    await user.click(await screen.findByRole("button", { name: /Verificar/ }));
    await vi.waitFor(() =>
      expect(api.mock.calls.some(([address]) => String(address).endsWith("/installation/audit/verify"))).toBe(
        true,
      ),
    );
  });
});
