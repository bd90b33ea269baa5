import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import RolesPage from "@/features/settings/roles/roles-page";
import { accessToken } from "@/lib/http/client";
import type { Permission, RoleView, SessionView } from "@/lib/wire/openapi.gen";
import { SESSION, renderApp, stubApi } from "@/test/render-app";
import { sent } from "@/test/requests";

const session: SessionView = {
  ...SESSION,
  permissions: ["inbox", "contacts.edit", "roles.manage", "people.manage"],
};

const PERMISSIONS = [
  { name: "inbox", group: "inbox" },
  { name: "tickets.supervise", group: "inbox" },
  { name: "contacts.edit", group: "contacts" },
  { name: "roles.manage", group: "company" },
];

function role(change: Partial<RoleView>): RoleView {
  return {
    role: "custom",
    role_id: "r1",
    name: "Financeiro",
    permissions: ["inbox"] as Permission[],
    member_count: 0,
    may_assign: true,
    version: 4,
    ...change,
  };
}

const OPERATOR = role({ role: "operator", role_id: null, name: "", member_count: 3 });

async function show(roles: RoleView[], search = "", answers: Record<string, unknown> = {}) {
  accessToken.adopt({ access_token: "t", token_type: "bearer", expires_in: 900, session });
  const api = stubApi({ "/permissions": PERMISSIONS, "GET /roles": roles, ...answers });
  const user = userEvent.setup();
  await renderApp(<RolesPage />, { path: `/settings/roles${search}`, session });
  return { api, user };
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("roles", () => {
  it("lists the built-in ones and says that there are no own ones", async () => {
    await show([OPERATOR]);
    expect(await screen.findByRole("button", { name: "Abrir Atendimento" })).toHaveTextContent("3 pessoas");
    expect(screen.getByText("Nenhum perfil próprio")).toBeInTheDocument();
  });

  it("says why it did not load", async () => {
    const refused = { type: "x", title: "x", status: 403, code: "forbidden" };
    await show([], "", { "GET /roles": Response.json(refused, { status: 403 }) });
    expect(await screen.findByText("Seu perfil não permite isto.")).toBeInTheDocument();
  });

  it("opens a built-in one to be read, and copies what of it is one's own to give", async () => {
    const built = role({
      role: "supervisor",
      role_id: null,
      name: "",
      permissions: ["inbox", "tickets.supervise"],
    });
    const { user, api } = await show([built], "", { "POST /roles": role({}) });
    await user.click(await screen.findByRole("button", { name: "Abrir Supervisão" }));
    expect(await screen.findByRole("checkbox", { name: /Atender/ })).toBeDisabled();
    await user.click(screen.getByRole("button", { name: "Fazer uma cópia" }));
    const name = await screen.findByRole("textbox", { name: "Nome do perfil" });
    expect(name).toHaveValue("Supervisão (cópia)");
    await user.clear(name);
    await user.type(name, "Vendas sênior");
    await user.click(screen.getByRole("button", { name: "Criar perfil" }));
    await vi.waitFor(() =>
      expect(sent(api, "POST", "/roles")).toEqual({ name: "Vendas sênior", permissions: ["inbox"] }),
    );
  });

  it("locks what one lacks, and says why", async () => {
    await show([OPERATOR], "?role=new");
    const locked = await screen.findByRole("checkbox", { name: /Supervisionar/ });
    expect(locked).toBeDisabled();
    expect(screen.getByText(/por isso não pode concedê-la/)).toBeInTheDocument();
  });

  it("saves a change with its version, and warns whom it touches", async () => {
    const { user, api } = await show([role({ member_count: 2 })], "?role=r1", {
      "PATCH /roles/r1": role({}),
    });
    expect(await screen.findByText(/para as 2 pessoas/)).toBeInTheDocument();
    await user.click(screen.getByRole("checkbox", { name: /Atender/ }));
    expect(screen.getByText(/voltam para a fila/)).toBeInTheDocument();
    await user.click(screen.getByRole("checkbox", { name: /Editar contatos/ }));
    await user.click(screen.getByRole("button", { name: "Salvar" }));
    await vi.waitFor(() =>
      expect(sent(api, "PATCH", "/roles/r1")).toEqual({
        name: "Financeiro",
        permissions: ["contacts.edit"],
        version: 4,
      }),
    );
  });

  it("is for looking only where the role may do more than oneself", async () => {
    const beyond = role({ permissions: ["inbox", "tickets.supervise"], may_assign: false });
    await show([beyond], "?role=r1");
    expect(await screen.findByText(/tem permissões que você não tem: Supervisionar/)).toBeInTheDocument();
    expect(screen.queryByRole("button", { name: "Salvar" })).not.toBeInTheDocument();
    expect(screen.queryByRole("button", { name: "Excluir perfil" })).not.toBeInTheDocument();
  });

  it("does not delete what people have, and says who", async () => {
    const { user, api } = await show([role({ member_count: 1 })], "?role=r1");
    await user.click(await screen.findByRole("button", { name: "Excluir perfil" }));
    const dialog = await screen.findByRole("dialog");
    expect(dialog).toHaveTextContent("1 pessoa tem este perfil");
    expect(sent(api, "DELETE", "/roles/r1")).toBeUndefined();
  });

  it("says which invitations hold a role that nobody has", async () => {
    const used = { type: "x", title: "x", status: 409, code: "role_in_use", members: 0, invitations: 2 };
    const { user } = await show([role({})], "?role=r1", {
      "DELETE /roles/r1": Response.json(used, { status: 409 }),
    });
    await user.click(await screen.findByRole("button", { name: "Excluir perfil" }));
    const ask = await screen.findByRole("dialog");
    await user.click(within(ask).getByRole("button", { name: "Excluir perfil" }));
    expect(await screen.findByText("2 convites à espera dão este perfil")).toBeInTheDocument();
  });

  it("says so when the role is gone", async () => {
    await show([OPERATOR], "?role=none");
    expect(await screen.findByText("Este perfil não existe mais")).toBeInTheDocument();
  });
});
