import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import AccountSecurityPage from "@/features/settings/account-security/account-security-page";
import {
  contains,
  hasHostBits,
  networkOf,
  parseNetwork,
  parseOrigin,
} from "@/features/settings/account-security/model/networks";
import { accessToken } from "@/lib/http/client";
import type { Permission } from "@/lib/wire/openapi.gen";
import { SESSION, renderApp } from "@/test/render-app";
import { sent } from "@/test/requests";

const session = {
  ...SESSION,
  role: "admin" as const,
  permissions: [...SESSION.permissions, "security.manage", "roles.manage"] as Permission[],
};
const POLICY = { second_factor_roles: [], sign_in_networks: [], api_networks: [], allowed_origins: [] };
const VIEW = { policy: POLICY, version: 4, your_address: "198.51.100.9" };
const ROLE = { permissions: [], member_count: 2, may_assign: true, version: 1 };
const ROLES = [
  { ...ROLE, role: "admin", role_id: null, name: "" },
  { ...ROLE, role: "custom", role_id: "r9", name: "Qualidade" },
];

/** The server has VIEW; a change is answered with `put`. */
function stubPolicy(put: unknown) {
  accessToken.adopt({ access_token: "t", token_type: "bearer", expires_in: 900, session });
  const call = vi.fn((input: string, init?: { method?: string }) => {
    const body = input.endsWith("/roles") ? ROLES : init?.method === "PUT" ? put : VIEW;
    return Promise.resolve(body instanceof Response ? body.clone() : Response.json(body));
  });
  vi.stubGlobal("fetch", call);
  return call as ReturnType<typeof vi.fn>;
}

async function open(put: unknown = VIEW) {
  const api = stubPolicy(put);
  await renderApp(<AccountSecurityPage />, { path: "/settings/account-security", session });
  await screen.findByText("De onde as pessoas entram");
  return { api, user: userEvent.setup() };
}

function refused(code: string, status: number, rest: object = {}): Response {
  return Response.json({ type: "x", title: "x", status, code, ...rest }, { status });
}

afterEach(() => vi.unstubAllGlobals());

describe("security rules", () => {
  it("show the address that the server sees", async () => {
    await open();
    expect(screen.getByText("198.51.100.9")).toBeVisible();
  });

  it("ask for a second step of the account's own roles too", async () => {
    const { api, user } = await open();
    await user.click(await screen.findByRole("checkbox", { name: /Qualidade/ }));
    await user.click(screen.getByRole("button", { name: "Salvar" }));
    await vi.waitFor(() =>
      expect(sent(api, "PUT", "/account/security-policy")).toEqual({
        policy: { ...POLICY, second_factor_roles: ["r9"] },
        version: 4,
      }),
    );
  });

  it("warn whoever has no second step when their own role is asked for one", async () => {
    const { user } = await open();
    await user.click(await screen.findByRole("checkbox", { name: /Administração/ }));
    expect(screen.getByText(/O seu perfil está na lista/)).toBeVisible();
  });

  it("say before saving that one's own address is missing, and add it", async () => {
    const { api, user } = await open();
    const field = within(screen.getByRole("region", { name: "De onde as pessoas entram" })).getByRole(
      "textbox",
    );
    await user.type(field, "203.0.113.0/24{Enter}");
    await user.click(await screen.findByRole("button", { name: "Incluir o meu endereço" }));
    await user.click(screen.getByRole("button", { name: "Salvar" }));
    await vi.waitFor(() =>
      expect(sent(api, "PUT", "/account/security-policy")).toMatchObject({
        policy: { sign_in_networks: ["203.0.113.0/24", "198.51.100.9/32"] },
      }),
    );
  });

  it("refuse what is no network, and keep what was typed", async () => {
    const { user } = await open();
    const field = within(screen.getByRole("region", { name: "De onde as pessoas entram" })).getByRole(
      "textbox",
    );
    await user.type(field, "300.1.1.1{Enter}");
    expect(screen.getByText("Isto não é um endereço nem uma rede.")).toBeVisible();
    expect(field).toHaveValue("300.1.1.1");
  });

  it("tell that the server would lock one out", async () => {
    const { user } = await open(refused("would_lock_you_out", 422, { address: "198.51.100.9" }));
    await user.click(await screen.findByRole("checkbox", { name: /Qualidade/ }));
    await user.click(screen.getByRole("button", { name: "Salvar" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("o seu endereço é 198.51.100.9");
  });

  it("offer the rules of now when somebody else saved first", async () => {
    const { user } = await open(refused("policy_changed", 409));
    await user.click(await screen.findByRole("checkbox", { name: /Qualidade/ }));
    await user.click(screen.getByRole("button", { name: "Salvar" }));
    expect(await screen.findByRole("button", { name: "Ver as regras de agora" })).toBeEnabled();
  });
});

describe("networks", () => {
  it("are read as the server reads them", () => {
    for (const wrong of ["", "1.2.3", "1.2.3.256", "01.2.3.4", "1.2.3.4/33", "1.2.3.4/", "a::b::c", "::/129"])
      expect(parseNetwork(wrong)).toBeNull();
    expect(networkOf({ family: 4, bits: 0xcb007107n, prefix: 24 })).toBe("203.0.113.0/24");
    expect(networkOf({ ...{ family: 6 as const, bits: 1n, prefix: 128 } })).toBe("::1/128");
    expect(networkOf({ family: 6, bits: 0x20010db8n << 96n, prefix: 32 })).toBe("2001:db8::/32");
  });

  it("know host bits and who is inside", () => {
    const parsed = parseNetwork("203.0.113.7/24");
    expect(parsed !== null && hasHostBits(parsed)).toBe(true);
    expect(contains("203.0.113.0/24", "203.0.113.200")).toBe(true);
    expect(contains("203.0.113.0/24", "203.0.114.1")).toBe(false);
    expect(contains("2001:db8::/32", "2001:db8:1::7")).toBe(true);
    expect(contains("0.0.0.0/0", "::1")).toBe(false);
  });
});

it("reads an origin as scheme and host", () => {
  expect(parseOrigin(" https://CRM.example.com/ ")).toBe("https://crm.example.com");
  expect(parseOrigin("crm.example.com")).toBeNull();
  expect(parseOrigin("https://crm.example.com/path")).toBeNull();
});
