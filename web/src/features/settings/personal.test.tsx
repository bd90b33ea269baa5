import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import ProfilePage from "@/features/settings/profile/profile-page";
import SecurityPage from "@/features/settings/security/security-page";
import SessionsPage from "@/features/settings/sessions/sessions-page";
import { accessToken } from "@/lib/http/client";
import { changePreferences } from "@/lib/preferences";
import { SESSION, renderApp, stubApi } from "@/test/render-app";

const NO_FACTOR = { totp_since: null, passkeys: 0, recovery_codes_left: 0, is_mandatory: false };
const OPEN = {
  id: "s1",
  device: "computer",
  browser: "Firefox 140",
  os: "Linux",
  ip: "203.0.113.7",
  created_at: "2026-11-23T10:00:00Z",
  last_seen_at: "2026-11-23T12:00:00Z",
  current: true,
};

function sign() {
  accessToken.adopt({ access_token: "t", token_type: "bearer", expires_in: 900, session: SESSION });
}

function requestOf(api: ReturnType<typeof vi.fn>, method: string, path: string): unknown {
  const call = api.mock.calls.findLast(
    ([address, init]) =>
      String(address).endsWith(path) && (init as { method: string } | undefined)?.method === method,
  );
  const body = (call?.[1] as { body: string | null } | undefined)?.body;
  return body === undefined || body === null ? body : JSON.parse(body);
}

afterEach(() => {
  vi.unstubAllGlobals();
  changePreferences({ locale: null });
});

describe("profile", () => {
  it("saves the name, and only when something changed", async () => {
    sign();
    const api = stubApi({ "/me": { ...SESSION, user: { ...SESSION.user, name: "Ana Souza" } } });
    const user = userEvent.setup();
    await renderApp(<ProfilePage />, { path: "/settings/profile" });
    const save = screen.getByRole("button", { name: "Salvar" });
    expect(save).toBeDisabled();
    const name = screen.getByRole("textbox", { name: "Nome" });
    await user.clear(name);
    await user.type(name, "Ana Souza");
    await user.click(save);
    await vi.waitFor(() =>
      expect(requestOf(api, "PATCH", "/me")).toEqual({ name: "Ana Souza", locale: "pt-BR" }),
    );
    await vi.waitFor(() => expect(save).toBeDisabled());
  });
});

describe("sessions", () => {
  it("ends one of the others, never offers to end this one", async () => {
    sign();
    const other = { ...OPEN, id: "s2", device: "phone", browser: "Chrome", os: "Android", current: false };
    const api = stubApi({ "/me/sessions": [OPEN, other], "/me/sessions/s2": null });
    const user = userEvent.setup();
    await renderApp(<SessionsPage />, { path: "/settings/sessions" });
    expect(await screen.findByText("Este aparelho")).toBeInTheDocument();
    expect(screen.getAllByRole("button", { name: /Encerrar a sessão/ })).toHaveLength(1);
    await user.click(screen.getByRole("button", { name: "Encerrar a sessão de Chrome · Android" }));
    await vi.waitFor(() => expect(requestOf(api, "DELETE", "/me/sessions/s2")).toBeNull());
  });

  it("asks before it ends all others", async () => {
    sign();
    const api = stubApi({
      "/me/sessions": [OPEN, { ...OPEN, id: "s2", current: false }],
      "/me/sessions/end-others": { ended: 1 },
    });
    const user = userEvent.setup();
    await renderApp(<SessionsPage />, { path: "/settings/sessions" });
    await user.click(await screen.findByRole("button", { name: "Sair de todos os outros" }));
    const dialog = await screen.findByRole("dialog");
    expect(requestOf(api, "POST", "/end-others")).toBeUndefined();
    await user.click(within(dialog).getByRole("button", { name: "Sair de todos os outros" }));
    await vi.waitFor(() => expect(requestOf(api, "POST", "/end-others")).toBeNull());
  });
});

describe("security", () => {
  it("turns the authenticator app on and shows the codes once", async () => {
    sign();
    const api = stubApi({
      "/me/second-factor": NO_FACTOR,
      "/me/passkeys": [],
      "/me/second-factor/totp": { secret: "ABCDEFGH", otpauth_uri: "otpauth://x", qr_svg: "<svg/>" },
      "/me/second-factor/totp/confirm": { recovery_codes: ["aaaa-bbbb"] },
    });
    const user = userEvent.setup();
    await renderApp(<SecurityPage />, { path: "/settings/security" });
    await user.click(await screen.findByRole("button", { name: "Ligar" }));
    await user.type(await screen.findByRole("textbox", { name: "Código de 6 dígitos" }), "123456");
    expect(await screen.findByText("aaaa-bbbb")).toBeInTheDocument();
    expect(requestOf(api, "POST", "/totp/confirm")).toEqual({ code: "123456" });
  });

  it("tells a wrong code without trying it twice", async () => {
    sign();
    const wrong = { type: "x", title: "x", status: 401, code: "wrong_code" };
    const api = stubApi({
      "/me/second-factor": NO_FACTOR,
      "/me/passkeys": [],
      "/me/second-factor/totp": { secret: "ABCDEFGH", otpauth_uri: "otpauth://x", qr_svg: "<svg/>" },
      "/me/second-factor/totp/confirm": Response.json(wrong, { status: 401 }),
    });
    const user = userEvent.setup();
    await renderApp(<SecurityPage />, { path: "/settings/security" });
    await user.click(await screen.findByRole("button", { name: "Ligar" }));
    await user.type(await screen.findByRole("textbox", { name: "Código de 6 dígitos" }), "123456");
    expect(await screen.findByRole("alert")).toHaveTextContent("Este código não confere");
    const tries = api.mock.calls.filter(([address]) => String(address).endsWith("/confirm"));
    expect(tries).toHaveLength(1);
  });

  it("changes the password, and says where the current one was wrong", async () => {
    sign();
    const wrong = { type: "x", title: "x", status: 403, code: "wrong_password" };
    stubApi({
      "/me/second-factor": NO_FACTOR,
      "/me/passkeys": [],
      "/me/password": Response.json(wrong, { status: 403 }),
    });
    const user = userEvent.setup();
    await renderApp(<SecurityPage />, { path: "/settings/security" });
    await user.click(screen.getByRole("button", { name: "Trocar senha" }));
    const dialog = await screen.findByRole("dialog");
    await user.type(within(dialog).getByLabelText("Senha atual"), "velha");
    await user.type(within(dialog).getByLabelText("Nova senha"), "cavalo correto bateria");
    await user.click(within(dialog).getByRole("button", { name: "Trocar senha" }));
    expect(await within(dialog).findByRole("alert")).toHaveTextContent("Esta não é a sua senha atual.");
  });
});
