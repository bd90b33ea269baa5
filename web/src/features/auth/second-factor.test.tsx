import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SignInPage } from "@/features/auth/sign-in-page";
import { sessionState } from "@/lib/session";
import type { Problem } from "@/lib/wire/protocol.gen";
import { SESSION, renderApp, stubApi } from "@/test/render-app";

const SIGNED_IN = { access_token: "t", token_type: "bearer", expires_in: 900, session: SESSION };
const WRONG_CODE = { type: "x", title: "x", status: 401, code: "wrong_code" };
const OVER = { ...WRONG_CODE, code: "challenge_over" };

function second(methods: string[]) {
  return { outcome: "second_factor", challenge: "c1", methods, expires_in: 300 };
}

async function show() {
  const onSignedIn = vi.fn();
  await renderApp(<SignInPage onSignedIn={onSignedIn} onForgot={vi.fn()} />, { path: "/sign-in" });
  const user = userEvent.setup();
  return { onSignedIn, user };
}

async function fill(user: ReturnType<typeof userEvent.setup>) {
  await user.type(screen.getByRole("textbox", { name: "E-mail" }), "ana@x.example");
  await user.type(screen.getByLabelText("Senha"), "segredo");
  await user.click(screen.getByRole("button", { name: "Entrar" }));
}

function bodyOf(api: ReturnType<typeof vi.fn>, path: string): unknown {
  const call = api.mock.calls.findLast(([address]) => String(address).endsWith(path));
  return JSON.parse((call?.[1] as { body: string }).body);
}

beforeEach(() => {
  sessionState.set({ status: "unknown" });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("second factor", () => {
  it("sends the code as soon as its last digit is pasted", async () => {
    const api = stubApi({
      "/auth/sign-in": second(["totp", "recovery_code"]),
      "/auth/second-factor": SIGNED_IN,
    });
    const { onSignedIn, user } = await show();
    await fill(user);
    const field = await screen.findByRole("textbox", { name: "Código de 6 dígitos" });
    field.focus();
    await user.paste("Seu código: 123 456");
    await vi.waitFor(() => expect(onSignedIn).toHaveBeenCalledOnce());
    expect(bodyOf(api, "/auth/second-factor")).toEqual({ challenge: "c1", method: "totp", code: "123456" });
  });

  it("says that the code is wrong and empties the field", async () => {
    stubApi({
      "/auth/sign-in": second(["totp"]),
      "/auth/second-factor": Response.json(WRONG_CODE, { status: 401 }),
    });
    const { onSignedIn, user } = await show();
    await fill(user);
    const field = await screen.findByRole("textbox", { name: "Código de 6 dígitos" });
    await user.type(field, "000000");
    expect(await screen.findByRole("alert")).toHaveTextContent("Este código não confere");
    expect(field).toHaveValue("");
    expect(onSignedIn).not.toHaveBeenCalled();
  });

  it("takes a recovery code instead", async () => {
    const api = stubApi({
      "/auth/sign-in": second(["totp", "recovery_code"]),
      "/auth/second-factor": SIGNED_IN,
    });
    const { onSignedIn, user } = await show();
    await fill(user);
    await user.click(await screen.findByRole("button", { name: "Usar um código de recuperação" }));
    await user.type(screen.getByRole("textbox", { name: "Código de recuperação" }), " abcd-efgh ");
    await user.click(screen.getByRole("button", { name: "Confirmar" }));
    await vi.waitFor(() => expect(onSignedIn).toHaveBeenCalledOnce());
    expect(bodyOf(api, "/auth/second-factor")).toMatchObject({ method: "recovery_code", code: "abcd-efgh" });
  });

  it("goes back to the password when the step has run out", async () => {
    stubApi({
      "/auth/sign-in": second(["totp"]),
      "/auth/second-factor": Response.json(OVER, { status: 401 }),
    });
    const { user } = await show();
    await fill(user);
    await user.type(await screen.findByRole("textbox", { name: "Código de 6 dígitos" }), "123456");
    expect(await screen.findByText("O tempo desta etapa acabou. Entre de novo.")).toBeInTheDocument();
    expect(screen.getByLabelText("Senha")).toBeInTheDocument();
  });

  it("goes on where a session ended because its role now asks for more", async () => {
    stubApi({});
    const onSignedIn = vi.fn();
    const problem = { ...WRONG_CODE, code: "second_factor_required", ...second(["totp"]) };
    await renderApp(<Ended problem={problem} onSignedIn={onSignedIn} />, { path: "/sign-in" });
    expect(await screen.findByRole("textbox", { name: "Código de 6 dígitos" })).toBeInTheDocument();
  });
});

function Ended({ problem, onSignedIn }: { problem: Problem; onSignedIn: () => void }) {
  sessionState.set({ status: "signed-out", ended: true, problem });
  return <SignInPage onSignedIn={onSignedIn} onForgot={vi.fn()} />;
}

describe("enrolment that the role demands", () => {
  it("shows the key, takes the first code, and lets go only after the codes are kept", async () => {
    const api = stubApi({
      "/auth/sign-in": { outcome: "enrolment_required", challenge: "c2", expires_in: 600 },
      "/auth/enrolment/totp": { secret: "ABCDEFGH", otpauth_uri: "otpauth://x", qr_svg: "<svg/>" },
      "/auth/enrolment/totp/confirm": { ...SIGNED_IN, recovery_codes: ["aaaa-bbbb", "cccc-dddd"] },
    });
    const { onSignedIn, user } = await show();
    await fill(user);
    expect(await screen.findByText("ABCD EFGH")).toBeInTheDocument();
    await user.type(screen.getByRole("textbox", { name: "Código de 6 dígitos" }), "654321");
    expect(await screen.findByText("aaaa-bbbb")).toBeInTheDocument();
    expect(bodyOf(api, "/auth/enrolment/totp/confirm")).toEqual({ challenge: "c2", code: "654321" });
    const goOn = screen.getByRole("button", { name: "Continuar" });
    expect(goOn).toBeDisabled();
    await user.click(screen.getByRole("checkbox", { name: "Guardei os códigos em lugar seguro" }));
    await user.click(goOn);
    expect(onSignedIn).toHaveBeenCalledOnce();
  });
});
