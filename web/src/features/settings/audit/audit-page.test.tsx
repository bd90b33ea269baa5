import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import AuditPage from "@/features/settings/audit/audit-page";
import { accessToken } from "@/lib/http/client";
import type { AuditEntryView, ExportView, Permission } from "@/lib/wire/openapi.gen";
import { ME } from "@/test/builders";
import { SESSION, renderApp, stubApi } from "@/test/render-app";
import { sent } from "@/test/requests";

const session = { ...SESSION, permissions: [...SESSION.permissions, "audit.view"] as Permission[] };

function entry(change: Partial<AuditEntryView>): AuditEntryView {
  return {
    seq: 7,
    at: "2026-11-23T12:00:00Z",
    who: { kind: "user", id: ME, name: "Ana Lima", impersonator_id: null, impersonator_name: "" },
    action: "member.role_changed",
    target_kind: "member",
    target_id: "u2",
    target_name: "Bruno Tavares",
    accounts: [],
    before: { role: "operator", role_id: null },
    after: { role: "supervisor", role_id: null },
    ip: "203.0.113.7",
    user_agent: "Firefox",
    request_id: "r1",
    ...change,
  };
}

const FILE: ExportView = {
  id: "e1",
  kind: "audit",
  subject_id: null,
  state: "pending",
  file_name: "",
  mime_type: "application/octet-stream",
  size: null,
  error: null,
  requested_by: ME,
  requested_by_name: "Ana Lima",
  created_at: "2026-11-23T12:00:00Z",
  ready_at: null,
  expires_at: null,
};

async function open(entries: AuditEntryView[], more: Record<string, unknown> = {}, path = "/settings/audit") {
  accessToken.adopt({ access_token: "t", token_type: "bearer", expires_in: 900, session });
  const api = stubApi({
    "/audit": { items: entries, next_cursor: null },
    "/exports": [],
    "/members": [],
    "/departments": [],
    ...more,
  });
  await renderApp(<AuditPage />, { path, session });
  return { api, user: userEvent.setup() };
}

function asked(api: ReturnType<typeof vi.fn>): URLSearchParams {
  const address = api.mock.calls
    .map(([input]) => String(input))
    .findLast((input) => input.includes("/audit?"));
  return new URL(address ?? "", "http://x").searchParams;
}

afterEach(() => vi.unstubAllGlobals());

describe("entries", () => {
  it("are sentences with who and whom", async () => {
    await open([entry({})]);
    const line = await screen.findByRole("button", {
      name: /Ana Lima mudou o perfil de acesso de Bruno Tavares/,
    });
    expect(line).toHaveTextContent("203.0.113.7");
  });

  it("tell an action that this version does not know by its name", async () => {
    await open([entry({ action: "robot.polished", target_kind: "robot", target_name: "R2" })]);
    expect(await screen.findByRole("button", { name: /Ana Lima fez “robot.polished” em R2/ })).toBeVisible();
  });

  it("name both the super admin and the person they stood in for", async () => {
    const who = { ...entry({}).who, impersonator_id: "s1", impersonator_name: "Sara" };
    await open([entry({ who })]);
    expect(await screen.findByRole("button", { name: /Sara no lugar de Ana Lima mudou/ })).toBeVisible();
  });

  it("say why something was refused", async () => {
    const who = {
      kind: "anonymous",
      id: null,
      name: "",
      impersonator_id: null,
      impersonator_name: "",
    } as const;
    await open([
      entry({
        who,
        action: "sign_in.refused",
        target_kind: "user",
        before: null,
        after: { reason: "wrong_credentials" },
      }),
    ]);
    const line = await screen.findByRole("button", { name: /Alguém tentou entrar como Bruno Tavares/ });
    expect(line).toHaveTextContent("Motivo: senha errada");
  });

  it("show before and after when opened", async () => {
    const { user } = await open([entry({})]);
    await user.click(await screen.findByRole("button", { name: /Ana Lima mudou/ }));
    const row = within(screen.getByRole("table")).getByRole("row", { name: /Perfil/ });
    expect(row).toHaveTextContent("Atendimento");
    expect(row).toHaveTextContent("Supervisão");
    expect(screen.queryByText("Perfil próprio")).not.toBeInTheDocument();
  });

  it("can be narrowed to one target", async () => {
    const { api, user } = await open([entry({})]);
    await user.click(await screen.findByRole("button", { name: /Ana Lima mudou/ }));
    await user.click(screen.getByRole("button", { name: "Tudo sobre este alvo" }));
    await vi.waitFor(() => expect(asked(api).get("target_id")).toBe("u2"));
    await user.click(await screen.findByRole("button", { name: "Limpar filtros" }));
    await vi.waitFor(() => expect(asked(api).get("target_id")).toBeNull());
  });
});

describe("the list", () => {
  it("takes its filters from the address", async () => {
    const { api } = await open([], {}, "/settings/audit?kind=member&q=bruno&since=2026-11-01&until=nonsense");
    expect(await screen.findByText("Nada com estes filtros")).toBeVisible();
    expect(asked(api).get("action")).toBe("member.");
    expect(asked(api).get("q")).toBe("bruno");
    expect(asked(api).get("since")).toBe(new Date(2026, 10, 1).toISOString());
    expect(asked(api).has("until")).toBe(false);
  });

  it("offers to try again when it did not load", async () => {
    const refused = Response.json({ type: "x", title: "x", status: 403, code: "forbidden" }, { status: 403 });
    await open([], { "/audit": refused });
    expect(await screen.findByText("Seu perfil não permite isto.")).toBeVisible();
    expect(screen.getByRole("button", { name: "Tentar de novo" })).toBeEnabled();
  });
});

describe("the chain", () => {
  const found = {
    entries: 12,
    is_whole: true,
    first_broken_seq: null,
    broken: [],
    head_seq: 12,
    head_mac: "abc123",
  };

  it("says that it is whole, and gives the seal to note", async () => {
    const { user } = await open([], { "/audit/verify": found });
    await user.click(screen.getByRole("button", { name: "Verificar a corrente" }));
    expect(await screen.findByText("A corrente está íntegra")).toBeVisible();
    expect(screen.getByText(/12 registros conferidos/)).toBeVisible();
    expect(screen.getByText("abc123")).toBeInTheDocument();
  });

  it("says where it is broken", async () => {
    const broken = { ...found, is_whole: false, first_broken_seq: 3, broken: [{ seq: 3, fault: "changed" }] };
    const { user } = await open([], { "/audit/verify": broken });
    await user.click(screen.getByRole("button", { name: "Verificar a corrente" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("Registro 3: não é o que foi escrito");
  });
});

describe("exporting", () => {
  it("asks for what is filtered, in the chosen format", async () => {
    const { api, user } = await open([entry({})], { "/audit/export": FILE }, "/settings/audit?kind=role");
    await user.click(screen.getByRole("button", { name: "Exportar" }));
    await user.click(await screen.findByRole("menuitem", { name: /JSON Lines/ }));
    await vi.waitFor(() =>
      expect(sent(api, "POST", "/audit/export")).toEqual({ format: "jsonl", filters: { action: "role." } }),
    );
  });

  it("shows what is being made, and what can be downloaded", async () => {
    const ready = {
      ...FILE,
      id: "e2",
      state: "ready",
      file_name: "audit.csv",
      size: 3400,
      expires_at: FILE.created_at,
    };
    await open([], {
      "/exports": [FILE, ready, { ...ready, id: "e3", kind: "contact", file_name: "c.zip" }],
    });
    expect(await screen.findByText("Preparando o arquivo…")).toBeVisible();
    expect(screen.getByRole("button", { name: "Baixar audit.csv" })).toBeEnabled();
    expect(screen.queryByText("c.zip")).not.toBeInTheDocument();
  });
});
