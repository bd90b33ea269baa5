import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import NumbersPage from "@/features/settings/numbers/numbers-page";
import { accessToken } from "@/lib/http/client";
import type { NumberView, SessionView } from "@/lib/wire/openapi.gen";
import { SESSION, renderApp, stubApi } from "@/test/render-app";
import { sent } from "@/test/requests";

const OWNER: SessionView = { ...SESSION, permissions: ["inbox", "numbers.manage"] };

const NUMBER: NumberView = {
  id: "n1",
  name: "Matriz",
  phone_number_id: "106540352242922",
  waba_id: "102290129340398",
  display_phone_number: "+55 11 4000-0000",
  default_department_id: "d1",
  messages_per_second: 80,
  last_webhook_at: "2026-11-23T11:00:00Z",
  version: 1,
};

const ANSWERS = {
  "GET /numbers": [NUMBER],
  "/departments": [
    { id: "d1", name: "Vendas", color: "#0f8a7e", position: 0, archived_at: null, version: 1 },
    {
      id: "d2",
      name: "Velho",
      color: "#0f8a7e",
      position: 1,
      archived_at: "2026-01-01T00:00:00Z",
      version: 1,
    },
  ],
};

async function show(answers: Record<string, unknown> = {}, path = "/settings/numbers") {
  accessToken.adopt({ access_token: "t", token_type: "bearer", expires_in: 900, session: OWNER });
  const api = stubApi({ ...ANSWERS, ...answers });
  const user = userEvent.setup();
  await renderApp(<NumbersPage />, { path, session: OWNER });
  return { api, user };
}

afterEach(() => vi.unstubAllGlobals());

describe("numbers", () => {
  it("shows whether Meta reaches each of them, and where its customers arrive", async () => {
    await show({ "GET /numbers": [NUMBER, { ...NUMBER, id: "n2", name: "Filial", last_webhook_at: null }] });
    const table = await screen.findByRole("table", { name: "Conectados" });
    expect(within(table).getByRole("row", { name: /Matriz/ })).toHaveTextContent("Recebendo");
    expect(within(table).getByRole("row", { name: /Matriz/ })).toHaveTextContent("Vendas");
    expect(within(table).getByRole("row", { name: /Filial/ })).toHaveTextContent("Nada recebido ainda");
  });

  it("invites to connect the first one", async () => {
    await show({ "GET /numbers": [] });
    expect(await screen.findByText("Nenhum número ainda")).toBeInTheDocument();
  });

  it("connects one and shows what to enter at Meta, this once", async () => {
    const { api, user } = await show({
      "POST /numbers": { number: NUMBER, webhook_path: "/hooks/whatsapp/k3y", verify_token: "v3rify" },
    });
    await user.click(await screen.findByRole("button", { name: "Conectar número" }));
    const dialog = await screen.findByRole("dialog");
    const submit = within(dialog).getByRole("button", { name: "Conectar" });
    expect(submit).toBeDisabled();
    const fill = (label: RegExp | string, text: string) =>
      user.type(within(dialog).getByLabelText(label), text);
    await fill("Nome", "Matriz");
    await fill("Número de telefone", "+55 11 4000-0000");
    await fill("ID do número", "10654x");
    expect(within(dialog).getByText("São só algarismos.")).toBeInTheDocument();
    await user.clear(within(dialog).getByLabelText("ID do número"));
    await fill("ID do número", "106540352242922");
    await fill("ID da conta do WhatsApp Business", "102290129340398");
    await fill("Chave secreta do aplicativo", "s3cret-s3cret");
    await fill("Token de acesso", "EAAG-token");
    await user.click(submit);

    expect(await screen.findByText("v3rify")).toBeInTheDocument();
    expect(screen.getByLabelText("Endereço do webhook")).toHaveTextContent(/\/hooks\/whatsapp\/k3y$/);
    expect(sent(api, "POST", "/numbers")).toEqual({
      name: "Matriz",
      display_phone_number: "+55 11 4000-0000",
      phone_number_id: "106540352242922",
      waba_id: "102290129340398",
      app_secret: "s3cret-s3cret",
      access_token: "EAAG-token",
      default_department_id: "d1",
      messages_per_second: 80,
    });
    await user.click(screen.getByRole("button", { name: "Já copiei" }));
    expect(screen.queryByText("v3rify")).not.toBeInTheDocument();
  });

  it("tells what Meta has said about a number", async () => {
    await show(
      {
        "/numbers/n1/updates": [
          {
            id: "u1",
            field: "phone_number_quality_update",
            value: { event: "THROUGHPUT_UPGRADE" },
            whole_account: false,
            at: null,
            received_at: "2026-11-20T10:00:00Z",
          },
        ],
      },
      "/settings/numbers?number=n1",
    );
    const dialog = await screen.findByRole("dialog");
    expect(await within(dialog).findByText("Limite ou qualidade do número")).toBeInTheDocument();
    expect(within(dialog).getByText("THROUGHPUT_UPGRADE")).toBeInTheDocument();
  });
});
