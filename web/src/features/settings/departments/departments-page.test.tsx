import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import DepartmentsPage from "@/features/settings/departments/departments-page";
import { inOrder, moved, placed } from "@/features/settings/departments/order";
import { accessToken } from "@/lib/http/client";
import type { DepartmentView } from "@/lib/wire/openapi.gen";
import { SESSION, renderApp, stubApi } from "@/test/render-app";
import { sent } from "@/test/requests";

function department(id: string, position: number, change: Partial<DepartmentView> = {}): DepartmentView {
  return { id, name: id, color: "#0f8a7e", position, archived_at: null, version: 1, ...change };
}

const VENDAS = department("d1", 0, { name: "Vendas" });
const SUPORTE = department("d2", 1, { name: "Suporte", version: 7 });

async function show(departments: DepartmentView[], answers: Record<string, unknown> = {}) {
  accessToken.adopt({ access_token: "t", token_type: "bearer", expires_in: 900, session: SESSION });
  const api = stubApi({ "GET /departments": departments, "/members": [], ...answers });
  const user = userEvent.setup();
  await renderApp(<DepartmentsPage />, { path: "/settings/departments" });
  return { api, user };
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("order", () => {
  it("moves by one step, and stops at the ends", () => {
    const ordered = inOrder([department("a", 0), department("b", 5), department("c", 9)]);
    expect(moved(ordered, "c", -1).map(({ id }) => id)).toEqual(["a", "c", "b"]);
    expect(moved(ordered, "a", -1)).toEqual(ordered);
  });

  it("is shown at once, also where two shared a place", () => {
    const all = [department("a", 0), department("b", 0)];
    expect(inOrder(placed(all, moved(inOrder(all), "a", 1))).map(({ id }) => id)).toEqual(["b", "a"]);
  });
});

describe("departments", () => {
  it("invites to make the first one", async () => {
    const { user, api } = await show([], { "POST /departments": VENDAS });
    expect(await screen.findByText("Nenhum departamento ainda")).toBeInTheDocument();
    const [create] = screen.getAllByRole("button", { name: "Novo departamento" });
    if (create === undefined) throw new Error("no button");
    await user.click(create);
    const dialog = await screen.findByRole("dialog");
    expect(within(dialog).getByRole("button", { name: "Criar" })).toBeDisabled();
    await user.type(within(dialog).getByLabelText("Nome"), "Vendas");
    await user.click(within(dialog).getByRole("radio", { name: "Violeta" }));
    await user.click(within(dialog).getByRole("button", { name: "Criar" }));
    await vi.waitFor(() =>
      expect(sent(api, "POST", "/departments")).toEqual({ name: "Vendas", color: "#8e5bb5" }),
    );
  });

  it("says why it did not load", async () => {
    const broken = { type: "x", title: "x", status: 403, code: "forbidden" };
    await show([], { "GET /departments": Response.json(broken, { status: 403 }) });
    expect(await screen.findByText("Seu perfil não permite isto.")).toBeInTheDocument();
  });

  it("renames with the version it was seen at, and tells a name that is taken", async () => {
    const taken = { type: "x", title: "x", status: 409, code: "name_taken" };
    const { user, api } = await show([VENDAS, SUPORTE], {
      "PATCH /departments/d2": Response.json(taken, { status: 409 }),
    });
    await user.click(await screen.findByRole("button", { name: "Editar Suporte" }));
    const dialog = await screen.findByRole("dialog");
    const name = within(dialog).getByLabelText("Nome");
    await user.clear(name);
    await user.type(name, "Vendas");
    await user.click(within(dialog).getByRole("button", { name: "Salvar" }));
    expect(await within(dialog).findByRole("alert")).toHaveTextContent("Já existe outro com este nome.");
    expect(sent(api, "PATCH", "/departments/d2")).toEqual({ version: 7, name: "Vendas", color: "#0f8a7e" });
  });

  it("moves one at once, tells the server the new order and says where it is now", async () => {
    const { user, api } = await show([VENDAS, SUPORTE], {
      "PUT /departments/order": [
        { ...SUPORTE, position: 0 },
        { ...VENDAS, position: 1 },
      ],
    });
    await user.click(await screen.findByRole("button", { name: "Subir Suporte" }));
    expect(screen.getByText("Suporte: posição 1 de 2")).toBeInTheDocument();
    await vi.waitFor(() =>
      expect(sent(api, "PUT", "/departments/order")).toEqual({ department_ids: ["d2", "d1"] }),
    );
  });

  it("shows the order of now when somebody else changed them meanwhile", async () => {
    const changed = { type: "x", title: "x", status: 409, code: "order_changed" };
    const { user } = await show([VENDAS, SUPORTE], {
      "PUT /departments/order": Response.json(changed, { status: 409 }),
    });
    await user.click(await screen.findByRole("button", { name: "Subir Suporte" }));
    await vi.waitFor(() => {
      const moves = screen.getAllByRole("button", { name: /^Subir/ }).map((button) => button.ariaLabel);
      expect(moves).toEqual(["Subir Vendas", "Subir Suporte"]);
    });
  });

  it("says what stands in the way of archiving", async () => {
    const used = {
      type: "x",
      title: "x",
      status: 409,
      code: "department_in_use",
      open_tickets: 12,
      numbers: 1,
      invitations: 0,
    };
    const { user } = await show([VENDAS], { "DELETE /departments/d1": Response.json(used, { status: 409 }) });
    await user.click(await screen.findByRole("button", { name: "Arquivar Vendas" }));
    const dialog = await screen.findByRole("dialog");
    await user.click(within(dialog).getByRole("button", { name: "Arquivar" }));
    expect(await screen.findByText("12 atendimentos abertos")).toBeInTheDocument();
    expect(screen.getByText("1 número entrega aqui o que chega")).toBeInTheDocument();
    expect(screen.queryByText(/convite/)).not.toBeInTheDocument();
  });

  it("brings an archived one back", async () => {
    const old = department("d3", 2, { name: "Natal", archived_at: "2026-01-10T12:00:00Z", version: 2 });
    const { user, api } = await show([VENDAS, old], { "PATCH /departments/d3": old });
    await user.click(await screen.findByRole("button", { name: "Trazer Natal de volta" }));
    await vi.waitFor(() =>
      expect(sent(api, "PATCH", "/departments/d3")).toEqual({ version: 2, archived: false }),
    );
  });
});
