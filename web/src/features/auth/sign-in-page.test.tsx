import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Entrance } from "@/features/auth/entrance";
import { SignInPage } from "@/features/auth/sign-in-page";
import { changePreferences } from "@/lib/preferences";
import { SESSION, renderApp, stubApi } from "@/test/render-app";

const PROBLEM = { type: "x", title: "x" };
const SIGNED_IN = {
  outcome: "signed_in",
  access_token: "t",
  token_type: "bearer",
  expires_in: 900,
  session: SESSION,
};

async function show() {
  const onSignedIn = vi.fn();
  const onForgot = vi.fn();
  await renderApp(
    <Entrance>
      <SignInPage onSignedIn={onSignedIn} onForgot={onForgot} />
    </Entrance>,
    { path: "/sign-in" },
  );
  return { onSignedIn, onForgot, user: userEvent.setup() };
}

async function fill(user: ReturnType<typeof userEvent.setup>) {
  await user.type(screen.getByRole("textbox", { name: "E-mail" }), "ana@x.example");
  await user.type(screen.getByLabelText("Senha"), "segredo");
  await user.click(screen.getByRole("button", { name: "Entrar" }));
}

afterEach(() => {
  vi.unstubAllGlobals();
  changePreferences({ locale: null });
});

describe("sign-in", () => {
  it("signs in", async () => {
    const api = stubApi({
      "/auth/sign-in": SIGNED_IN,
    });
    const { onSignedIn, user } = await show();
    await fill(user);
    await vi.waitFor(() => expect(onSignedIn).toHaveBeenCalledOnce());
    const [, init] = api.mock.calls[0] as [string, RequestInit];
    expect(init.body).toBe(JSON.stringify({ email: "ana@x.example", password: "segredo" }));
  });

  it("asks for what is missing, without asking the server", async () => {
    const api = stubApi({});
    const { user } = await show();
    await user.click(screen.getByRole("button", { name: "Entrar" }));
    expect(screen.getByRole("textbox", { name: "E-mail" })).toHaveAccessibleDescription("Diga o seu e-mail.");
    expect(screen.getByRole("textbox", { name: "E-mail" })).toHaveFocus();
    expect(api).not.toHaveBeenCalled();
  });

  it.each([
    [401, { code: "wrong_credentials" }, "E-mail ou senha não conferem. Confira e tente de novo."],
    [422, { code: "invalid" }, "E-mail ou senha não conferem. Confira e tente de novo."],
    [429, { code: "too_many_attempts", retry_after_seconds: 90 }, "Espere 2 min e tente de novo."],
    [403, { code: "account_suspended", reason: "fatura em aberto" }, "está suspensa: fatura em aberto"],
    [500, { code: "x" }, "Algo deu errado do nosso lado. Tente de novo em instantes."],
  ])("tells why the server answered %i", async (status, problem, words) => {
    stubApi({ "/auth/sign-in": Response.json({ ...PROBLEM, ...problem, status }, { status }) });
    const { user } = await show();
    await fill(user);
    expect(await screen.findByRole("alert")).toHaveTextContent(words);
  });

  it("tells that the server cannot be reached", async () => {
    vi.stubGlobal(
      "fetch",
      vi.fn(() => Promise.reject(new TypeError("Failed to fetch"))),
    );
    const { user } = await show();
    await fill(user);
    expect(await screen.findByRole("alert")).toHaveTextContent("Sem resposta do servidor.");
  });

  it("shows the password on request", async () => {
    const { user } = await show();
    await user.click(screen.getByRole("button", { name: "Mostrar senha" }));
    expect(screen.getByLabelText("Senha")).toHaveAttribute("type", "text");
  });

  it("speaks English when asked to", async () => {
    const { user } = await show();
    await user.click(screen.getByRole("button", { name: "English" }));
    expect(await screen.findByRole("heading", { name: "Good to see you" })).toBeInTheDocument();
  });
});
