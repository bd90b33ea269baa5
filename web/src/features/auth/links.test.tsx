/** What links in mails lead to. */
import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ForgotPasswordPage } from "@/features/auth/forgot-password-page";
import { InvitationPage } from "@/features/auth/invitation-page";
import { ResetPasswordPage } from "@/features/auth/reset-password-page";
import { sessionState } from "@/lib/session";
import { SESSION, renderApp, stubApi } from "@/test/render-app";

const SIGNED_IN = {
  outcome: "signed_in",
  access_token: "t",
  token_type: "bearer",
  expires_in: 900,
  session: SESSION,
};
const PREVIEW = {
  account_name: "Padaria Central",
  brand_color: null,
  email: "rita@x.example",
  name: "",
  invited_by_name: "Helena",
  role: "operator",
  role_name: "",
  expires_at: "2026-11-30T12:00:00Z",
  is_registered: false,
};
const LINK_OVER = { type: "x", title: "x", status: 410, code: "link_over" };

afterEach(() => {
  vi.unstubAllGlobals();
});

function requestOf(
  api: ReturnType<typeof vi.fn>,
  path: string,
): { body: unknown; authorization: string | null } {
  const call = api.mock.calls.findLast(([address]) => String(address).endsWith(path));
  const init = call?.[1] as { body: string; headers: Headers };
  return { body: JSON.parse(init.body), authorization: init.headers.get("Authorization") };
}

describe("forgotten password", () => {
  it("answers the same whether or not the address is known", async () => {
    const api = stubApi({ "/auth/password/forgot": {} });
    const user = userEvent.setup();
    await renderApp(<ForgotPasswordPage onBack={vi.fn()} />, { path: "/sign-in" });
    await user.type(screen.getByRole("textbox", { name: "E-mail" }), " rita@x.example ");
    await user.click(screen.getByRole("button", { name: "Mandar o link" }));
    expect(await screen.findByRole("heading", { name: "Veja o seu e-mail" })).toBeInTheDocument();
    expect(requestOf(api, "/forgot").body).toEqual({ email: "rita@x.example" });
  });
});

describe("new password", () => {
  async function show(answer: unknown) {
    const api = stubApi({ "/auth/password/reset": answer });
    const onAskAgain = vi.fn();
    const user = userEvent.setup();
    await renderApp(<ResetPasswordPage token="s3cret" onSignIn={vi.fn()} onAskAgain={onAskAgain} />, {
      path: "/sign-in",
    });
    return { api, user, onAskAgain };
  }

  it("can be saved once it keeps the rules", async () => {
    const { api, user } = await show(null);
    const save = screen.getByRole("button", { name: "Salvar nova senha" });
    await user.type(screen.getByLabelText("Nova senha"), "curta");
    expect(save).toBeDisabled();
    await user.type(screen.getByLabelText("Nova senha"), " mas agora longa");
    await user.click(save);
    expect(await screen.findByRole("heading", { name: "Senha trocada" })).toBeInTheDocument();
    expect(requestOf(api, "/reset").body).toEqual({ token: "s3cret", password: "curta mas agora longa" });
  });

  it("offers another link when this one is over", async () => {
    const { user, onAskAgain } = await show(Response.json(LINK_OVER, { status: 410 }));
    await user.type(screen.getByLabelText("Nova senha"), "uma frase bem longa");
    await user.click(screen.getByRole("button", { name: "Salvar nova senha" }));
    await user.click(await screen.findByRole("button", { name: "Pedir outro link" }));
    expect(onAskAgain).toHaveBeenCalledOnce();
  });
});

describe("invitation", () => {
  beforeEach(() => {
    sessionState.set({ status: "unknown" });
  });

  async function show(preview: object, isSignedIn: boolean) {
    const api = stubApi({ "/auth/invitations/tok": preview, "/auth/invitations/tok/accept": SIGNED_IN });
    const onSignedIn = vi.fn();
    const onSignIn = vi.fn();
    const user = userEvent.setup();
    const page = <InvitationPage token="tok" onSignedIn={onSignedIn} onSignIn={onSignIn} />;
    await renderApp(isSignedIn ? page : <SignedOut>{page}</SignedOut>, { path: "/sign-in" });
    return { api, user, onSignedIn, onSignIn };
  }

  it("lets a new person choose name and password", async () => {
    const { api, user, onSignedIn } = await show(PREVIEW, false);
    expect(await screen.findByRole("heading", { name: "Padaria Central espera você" })).toBeInTheDocument();
    await user.type(screen.getByRole("textbox", { name: /Seu nome/ }), "Rita");
    await user.type(screen.getByLabelText("Escolha uma senha"), "jabuticaba na janela");
    await user.click(screen.getByRole("button", { name: "Entrar na equipe" }));
    await vi.waitFor(() => expect(onSignedIn).toHaveBeenCalledOnce());
    expect(requestOf(api, "/accept")).toEqual({
      body: { name: "Rita", password: "jabuticaba na janela", locale: "pt-BR" },
      authorization: null,
    });
  });

  it("asks somebody registered to sign in first", async () => {
    const { user, onSignIn } = await show({ ...PREVIEW, is_registered: true }, false);
    await user.click(await screen.findByRole("button", { name: "Ir para a entrada" }));
    expect(onSignIn).toHaveBeenCalledOnce();
  });

  it("is over when the server says so", async () => {
    const gone = Response.json({ ...LINK_OVER, status: 404, code: "invitation_over" }, { status: 404 });
    await show(gone, false);
    expect(await screen.findByRole("heading", { name: "Este link não vale mais" })).toBeInTheDocument();
  });
});

function SignedOut({ children }: { children: React.ReactNode }) {
  sessionState.set({ status: "signed-out", ended: false, problem: null });
  return children;
}
