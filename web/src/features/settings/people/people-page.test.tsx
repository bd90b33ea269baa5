import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import PeoplePage from "@/features/settings/people/people-page";
import { accessToken } from "@/lib/http/client";
import type { MemberView, Permission, RoleView, TeamMemberView } from "@/lib/wire/openapi.gen";
import { ME } from "@/test/builders";
import { SESSION, renderApp, stubApi } from "@/test/render-app";
import { sent } from "@/test/requests";

const OPERATOR: Permission[] = ["inbox", "contacts.edit"];
const ADMIN: Permission[] = [...OPERATOR, "people.manage", "reports.view"];
const session = { ...SESSION, permissions: ADMIN };

const MEMBER: MemberView = {
  id: "u2",
  name: "Bruno Tavares",
  email: "bruno@x.example",
  availability: "offline",
  availability_since: "2026-11-23T12:00:00Z",
  pause_reason: null,
  capacity: 5,
  department_ids: ["d1"],
  permissions: OPERATOR,
  role: "operator",
  role_id: null,
  role_name: "",
  version: 3,
};

function teamMember(change: Partial<MemberView>, rest: Partial<TeamMemberView> = {}): TeamMemberView {
  return {
    member: { ...MEMBER, ...change },
    joined_at: "2026-01-10T12:00:00Z",
    last_seen_at: null,
    second_factor: false,
    state: "active",
    ...rest,
  };
}

const TEAM = [
  teamMember({ id: ME, name: "Ana Lima", email: "ana@x.example", permissions: ADMIN, role: "admin" }),
  teamMember({}, { second_factor: true }),
  teamMember({
    id: "u3",
    name: "Zélia Prado",
    email: "zelia@x.example",
    role: "admin",
    permissions: [...ADMIN, "account.manage"],
  }),
];

function role(change: Partial<RoleView>): RoleView {
  return {
    role: "operator",
    role_id: null,
    name: "",
    permissions: OPERATOR,
    member_count: 1,
    may_assign: true,
    version: 1,
    ...change,
  };
}

const ROLES = [
  role({ role: "admin", may_assign: false }),
  role({}),
  role({ role: "client", permissions: ["reports.view"] }),
  role({ role: "custom", role_id: "r1", name: "Financeiro" }),
];

const DEPARTMENTS = [
  { id: "d1", name: "Vendas", color: "#0f8a7e", position: 0, archived_at: null, version: 1 },
  { id: "d2", name: "Suporte", color: "#3f7fd0", position: 1, archived_at: null, version: 1 },
];

const INVITATION = {
  id: "i1",
  email: "caio@x.example",
  name: "",
  role: "operator",
  role_id: null,
  role_name: "",
  department_ids: ["d1"],
  invited_by: ME,
  created_at: "2026-11-20T12:00:00Z",
  expires_at: "2026-11-22T12:00:00Z",
  state: "expired",
};

const ANSWERS = {
  "/team": TEAM,
  "/members": TEAM.map(({ member }) => member),
  "/roles": ROLES,
  "/departments": DEPARTMENTS,
  "/invitations": [],
};

async function show(answers: Record<string, unknown> = {}) {
  accessToken.adopt({ access_token: "t", token_type: "bearer", expires_in: 900, session });
  const api = stubApi({ ...ANSWERS, ...answers });
  const user = userEvent.setup();
  const app = await renderApp(<PeoplePage />, { path: "/settings/people", session });
  return { api, user, ...app };
}

async function act(user: ReturnType<typeof userEvent.setup>, name: string, action: string) {
  await user.click(await screen.findByRole("button", { name: `Ações de ${name}` }));
  await user.click(await screen.findByRole("menuitem", { name: action }));
  return screen.findByRole("dialog");
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("team", () => {
  it("shows everybody with role, departments and second step", async () => {
    await show();
    const row = (await screen.findByText("Bruno Tavares")).closest("tr");
    expect(row).toHaveTextContent("Atendimento");
    expect(row).toHaveTextContent("Vendas");
    expect(row).toHaveTextContent("Ligado");
    expect(screen.getByText("2 pessoas entram só com a senha")).toBeInTheDocument();
  });

  it("says why it did not load and tries again", async () => {
    const refused = { type: "x", title: "x", status: 403, code: "forbidden" };
    const { user, api } = await show({ "/team": Response.json(refused, { status: 403 }) });
    expect(await screen.findByText("Seu perfil não permite isto.")).toBeInTheDocument();
    const before = api.mock.calls.filter(([address]) => String(address).endsWith("/team")).length;
    await user.click(screen.getByRole("button", { name: "Tentar de novo" }));
    await vi.waitFor(() =>
      expect(api.mock.calls.filter(([address]) => String(address).endsWith("/team")).length).toBeGreaterThan(
        before,
      ),
    );
  });

  it("finds people without their accents, and offers a way back when there are none", async () => {
    const { user } = await show();
    const search = await screen.findByRole("searchbox");
    await user.type(search, "zelia");
    expect(await screen.findByText("Zélia Prado")).toBeInTheDocument();
    expect(screen.queryByText("Bruno Tavares")).not.toBeInTheDocument();
    await user.type(search, "xyz");
    await user.click(await screen.findByRole("button", { name: "Limpar filtros" }));
    expect(await screen.findByText("Bruno Tavares")).toBeInTheDocument();
  });

  it("offers neither removal of oneself nor of somebody who may do more", async () => {
    const { user } = await show();
    for (const name of ["Ana Lima", "Zélia Prado"]) {
      await user.click(await screen.findByRole("button", { name: `Ações de ${name}` }));
      expect(await screen.findByRole("menuitem", { name: "Perfil e departamentos" })).toBeInTheDocument();
      expect(screen.queryByRole("menuitem", { name: "Remover da equipe" })).not.toBeInTheDocument();
      await user.click(screen.getByRole("button", { name: `Ações de ${name}` }));
    }
  });
});

describe("changing somebody", () => {
  it("sends only what changed, with the version it was seen at", async () => {
    const { user, api } = await show({ "PATCH /members/u2": MEMBER });
    const dialog = await act(user, "Bruno Tavares", "Perfil e departamentos");
    const save = within(dialog).getByRole("button", { name: "Salvar" });
    expect(save).toBeDisabled();
    await user.click(within(dialog).getByRole("checkbox", { name: "Suporte" }));
    await user.click(save);
    await vi.waitFor(() =>
      expect(sent(api, "PATCH", "/members/u2")).toEqual({ version: 3, department_ids: ["d1", "d2"] }),
    );
    await vi.waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
  });

  it("warns when a role takes the inbox away, and does not offer roles beyond one's own", async () => {
    const { user, api } = await show({ "PATCH /members/u2": MEMBER });
    const dialog = await act(user, "Bruno Tavares", "Perfil e departamentos");
    const select = within(dialog).getByLabelText("Perfil de acesso");
    expect(within(select).getByRole("option", { name: /Administração/ })).toBeDisabled();
    await user.selectOptions(select, "client");
    expect(within(dialog).getByText(/voltam para a fila/)).toBeInTheDocument();
    await user.selectOptions(select, "Financeiro");
    await user.click(within(dialog).getByRole("button", { name: "Salvar" }));
    await vi.waitFor(() =>
      expect(sent(api, "PATCH", "/members/u2")).toEqual({ version: 3, role: "custom", role_id: "r1" }),
    );
  });

  it("refuses a capacity that is no number", async () => {
    const { user } = await show();
    const dialog = await act(user, "Bruno Tavares", "Perfil e departamentos");
    const capacity = within(dialog).getByLabelText("Atendimentos ao mesmo tempo");
    await user.clear(capacity);
    await user.type(capacity, "1e3");
    expect(within(dialog).getByText("Um número de 0 a 1000.")).toBeInTheDocument();
    expect(within(dialog).getByRole("button", { name: "Salvar" })).toBeDisabled();
  });

  it("is for looking only where the person may do more", async () => {
    const { user } = await show();
    const dialog = await act(user, "Zélia Prado", "Perfil e departamentos");
    expect(within(dialog).getByText(/tem permissões que você não tem/)).toBeInTheDocument();
    expect(within(dialog).getByLabelText("Perfil de acesso")).toBeDisabled();
  });

  it("tells that the last admin must stay, and keeps the dialog", async () => {
    const last = { type: "x", title: "x", status: 409, code: "last_admin" };
    const { user } = await show({ "PATCH /members/user-me": Response.json(last, { status: 409 }) });
    const dialog = await act(user, "Ana Lima", "Perfil e departamentos");
    await user.selectOptions(within(dialog).getByLabelText("Perfil de acesso"), "operator");
    expect(within(dialog).getByText(/você pode perder o acesso/)).toBeInTheDocument();
    await user.click(within(dialog).getByRole("button", { name: "Salvar" }));
    expect(await within(dialog).findByRole("alert")).toHaveTextContent("última pessoa com administração");
  });

  it.each([
    ["Encerrar sessões", "POST", "/members/u2/end-sessions"],
    ["Zerar segundo passo", "POST", "/members/u2/reset-second-factor"],
    ["Remover da equipe", "DELETE", "/members/u2"],
  ])("asks before: %s", async (action, method, path) => {
    const { user, api } = await show({ [path]: null });
    const dialog = await act(user, "Bruno Tavares", action);
    expect(sent(api, method, path)).toBeUndefined();
    const buttons = within(dialog).getAllByRole("button");
    const confirm = buttons.at(-1);
    if (confirm === undefined) throw new Error("no button");
    await user.click(confirm);
    await vi.waitFor(() => expect(sent(api, method, path)).toBeNull());
  });
});

describe("invitations", () => {
  it("invites with a role and departments", async () => {
    const { user, api } = await show({ "POST /invitations": INVITATION });
    const button = await screen.findByRole("button", { name: "Convidar" });
    await vi.waitFor(() => expect(button).toBeEnabled());
    await user.click(button);
    const dialog = await screen.findByRole("dialog");
    const send = within(dialog).getByRole("button", { name: "Enviar convite" });
    await user.type(within(dialog).getByLabelText("E-mail"), "caio");
    expect(send).toBeDisabled();
    await user.type(within(dialog).getByLabelText("E-mail"), "@x.example");
    await user.click(within(dialog).getByRole("checkbox", { name: "Vendas" }));
    await user.click(send);
    await vi.waitFor(() =>
      expect(sent(api, "POST", "/invitations")).toEqual({
        email: "caio@x.example",
        name: "",
        role: "operator",
        role_id: null,
        department_ids: ["d1"],
      }),
    );
  });

  it("sends an expired one again and takes one back", async () => {
    const { user, api } = await show({
      "/invitations": [INVITATION],
      "/invitations/i1/resend": INVITATION,
      "/invitations/i1": null,
    });
    expect(await screen.findByText("Venceu")).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Enviar de novo para caio@x.example" }));
    await vi.waitFor(() => expect(sent(api, "POST", "/invitations/i1/resend")).toBeNull());
    await user.click(screen.getByRole("button", { name: "Cancelar o convite de caio@x.example" }));
    const dialog = await screen.findByRole("dialog");
    await user.click(within(dialog).getByRole("button", { name: "Cancelar convite" }));
    await vi.waitFor(() => expect(sent(api, "DELETE", "/invitations/i1")).toBeNull());
  });
});
