import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import CompanyPage from "@/features/settings/company/company-page";
import { accessToken } from "@/lib/http/client";
import type { AccountView } from "@/lib/wire/openapi.gen";
import { SESSION, renderApp, stubApi } from "@/test/render-app";

const ACCOUNT: AccountView = {
  id: "a1",
  name: "Casa",
  slug: "casa",
  locale: "pt-BR",
  time_zone: "America/Sao_Paulo",
  brand_color: null,
  logo_url: null,
  business_hours: { weekdays: null, holidays: [] },
  is_open: true,
  state: "active",
  state_reason: null,
  state_since: "2026-01-01T00:00:00Z",
  erase_after: null,
  can_cancel_closing: false,
  plan: "standard",
  version: 3,
  created_at: "2026-01-01T00:00:00Z",
};

function bodyOf(api: ReturnType<typeof vi.fn>, method: string, path: string): unknown {
  const call = api.mock.calls.findLast(
    ([address, init]) =>
      String(address).endsWith(path) && (init as { method: string } | undefined)?.method === method,
  );
  const body = (call?.[1] as { body: unknown } | undefined)?.body;
  return typeof body === "string" ? (JSON.parse(body) as unknown) : body;
}

/** Of the page's two forms. */
function saveButton(form: 0 | 1): HTMLElement {
  const button = screen.getAllByRole("button", { name: "Salvar" })[form];
  if (button === undefined) throw new Error("no form to save");
  return button;
}

async function show(answers: Record<string, unknown> = {}) {
  const api = stubApi({ "/account": ACCOUNT, ...answers });
  const user = userEvent.setup();
  await renderApp(<CompanyPage />, { path: "/settings/company" });
  await screen.findByRole("textbox", { name: "Nome da empresa" });
  return { api, user };
}

beforeEach(() => {
  accessToken.adopt({ access_token: "t", token_type: "bearer", expires_in: 900, session: SESSION });
});
afterEach(() => vi.unstubAllGlobals());

describe("company page", () => {
  it("sends only what was changed, with the version that was read", async () => {
    const { api, user } = await show();
    const name = screen.getByRole("textbox", { name: "Nome da empresa" });
    await user.clear(name);
    await user.type(name, "Casa Nova");
    await user.click(saveButton(0));
    await vi.waitFor(() =>
      expect(bodyOf(api, "PATCH", "/account")).toEqual({ version: 3, name: "Casa Nova" }),
    );
  });

  it("does not save a colour that text cannot be read on, and offers the nearest that works", async () => {
    const { user } = await show();
    await user.type(screen.getByRole("textbox", { name: "Código da cor" }), "#ffcc00");
    expect(screen.getByText(/é preciso 4,5:1/)).toBeInTheDocument();
    const [save] = screen.getAllByRole("button", { name: "Salvar" });
    expect(save).toBeDisabled();
    await user.click(screen.getByRole("button", { name: /a mais próxima que funciona/ }));
    expect(screen.getByText(/lê-se bem/)).toBeInTheDocument();
    expect(save).toBeEnabled();
  });

  it("saves the week and the national holidays as business hours", async () => {
    const { api, user } = await show();
    await user.click(screen.getByRole("radio", { name: "Em horário definido" }));
    const monday = screen.getByRole("group", { name: "Segunda" });
    await user.click(within(monday).getByRole("button", { name: /Adicionar intervalo/ }));
    expect(within(monday).getAllByLabelText("Segunda: abre às")).toHaveLength(2);
    await user.click(screen.getByRole("checkbox", { name: "Sexta" }));
    const year = new Date().getFullYear() + 1;
    await user.click(screen.getByRole("button", { name: `Feriados nacionais de ${year}` }));
    expect(screen.getByText("Consciência Negra")).toBeInTheDocument();
    await user.click(saveButton(1));
    await vi.waitFor(() => expect(bodyOf(api, "PATCH", "/account")).toBeDefined());
    const { business_hours: hours } = bodyOf(api, "PATCH", "/account") as {
      business_hours: { weekdays: Record<string, { intervals: unknown[] }>; holidays: unknown[] };
    };
    expect(hours.weekdays.monday?.intervals).toEqual([
      { opens: "09:00", closes: "18:00" },
      { opens: "19:00", closes: "23:00" },
    ]);
    expect(hours.weekdays.friday?.intervals).toEqual([]);
    expect(hours.holidays).toHaveLength(10);
  });

  it("tells why a picture cannot be the logo", async () => {
    const refusal = {
      type: "x",
      title: "x",
      status: 422,
      code: "logo_unusable",
      reason_key: "not_a_picture",
    };
    const { user } = await show({ "/account/logo": Response.json(refusal, { status: 422 }) });
    await user.upload(screen.getByTestId("logo-file"), new File(["x"], "x.png", { type: "image/png" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("não é uma imagem PNG");
  });

  it("closes the account only with a reason, its name and the password", async () => {
    const { api, user } = await show({
      "/account/close": { ...ACCOUNT, state: "closing", can_cancel_closing: true, version: 4 },
    });
    await user.click(screen.getByRole("button", { name: "Encerrar a conta…" }));
    const dialog = await screen.findByRole("dialog");
    const confirm = within(dialog).getByRole("button", { name: "Encerrar a conta" });
    await user.type(within(dialog).getByRole("textbox", { name: "Motivo" }), "mudamos de sistema");
    await user.type(within(dialog).getByRole("textbox", { name: /digite: Casa/ }), "Casa");
    expect(confirm).toBeDisabled();
    await user.type(within(dialog).getByLabelText("Sua senha"), "segredo");
    await user.click(confirm);
    await vi.waitFor(() =>
      expect(bodyOf(api, "POST", "/account/close")).toEqual({
        reason: "mudamos de sistema",
        password: "segredo",
      }),
    );
    expect(await screen.findByText("Esta conta está sendo encerrada")).toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Cancelar o encerramento" })).toBeInTheDocument();
  });

  it("says when it could not be loaded", async () => {
    stubApi({});
    await renderApp(<CompanyPage />, { path: "/settings/company" });
    expect(await screen.findByText("Não carregou")).toBeInTheDocument();
  });
});
