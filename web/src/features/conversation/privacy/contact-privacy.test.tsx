import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import ContactPrivacy from "@/features/conversation/privacy/contact-privacy";
import { PhoneFact } from "@/features/conversation/privacy/phone-fact";
import { accessToken } from "@/lib/http/client";
import type { ContactView, Permission } from "@/lib/wire/openapi.gen";
import { SESSION, renderApp, stubApi } from "@/test/render-app";
import { sent } from "@/test/requests";

const CONTACT: ContactView = {
  id: "c1",
  name: "Mateus Moreira",
  profile_name: "",
  username: null,
  phone: "+55 11 9••••-••01",
  phone_masked: true,
  wa_id: "5511•••••••01",
};
const CONSENT = {
  id: "k1",
  purpose: "marketing",
  granted: true,
  legal_basis: "consent",
  source: "whatsapp",
  evidence: "Pode mandar",
  recorded_by: "u1",
  recorded_by_name: "Ana Lima",
  at: "2026-11-23T12:00:00Z",
  recorded_at: "2026-11-23T12:00:00Z",
};

function sign(...permissions: Permission[]) {
  const session = { ...SESSION, permissions };
  accessToken.adopt({ access_token: "t", token_type: "bearer", expires_in: 900, session });
  return session;
}

afterEach(() => vi.unstubAllGlobals());

describe("a masked number", () => {
  it("is revealed with a reason, and can be hidden again", async () => {
    const session = sign("inbox", "contacts.reveal");
    const api = stubApi({ "/contacts/c1/reveal": { phone: "+55 11 91234-5601", wa_id: "5511912345601" } });
    const user = userEvent.setup();
    await renderApp(<PhoneFact contact={CONTACT} />, { session });
    await user.click(screen.getByRole("button", { name: "Revelar" }));
    const dialog = await screen.findByRole("dialog");
    await user.click(within(dialog).getByRole("button", { name: "Revelar" }));
    expect(await screen.findByText("+55 11 91234-5601")).toBeInTheDocument();
    expect(sent(api, "POST", "/contacts/c1/reveal")).toEqual({
      field: "phone",
      reason: "Ligar para o cliente",
    });
    await user.click(await screen.findByRole("button", { name: "Esconder" }));
    expect(screen.getByText("+55 11 9••••-••01")).toBeInTheDocument();
  });

  it("stays masked for whoever may not", async () => {
    const session = sign("inbox");
    stubApi({});
    await renderApp(<PhoneFact contact={CONTACT} />, { session });
    expect(screen.getByText("+55 11 9••••-••01")).toBeVisible();
    expect(screen.queryByRole("button")).not.toBeInTheDocument();
  });

  it("asks for the reason where none of ours fits", async () => {
    const session = sign("inbox", "contacts.reveal");
    stubApi({});
    const user = userEvent.setup();
    await renderApp(<PhoneFact contact={CONTACT} />, { session });
    await user.click(screen.getByRole("button", { name: "Revelar" }));
    const dialog = await screen.findByRole("dialog");
    await user.selectOptions(within(dialog).getByLabelText("Para quê"), "other");
    expect(within(dialog).getByRole("button", { name: "Revelar" })).toBeDisabled();
  });
});

describe("consents", () => {
  const consents = { "/contacts/c1/consents": { current: [CONSENT], history: [CONSENT] } };

  it("show what holds, and the whole ledger on demand", async () => {
    const session = sign("inbox");
    stubApi(consents);
    const user = userEvent.setup();
    await renderApp(<ContactPrivacy contact={CONTACT} />, { session });
    expect(await screen.findByText("Ofertas e novidades")).toBeVisible();
    expect(screen.getByText("Concedido")).toBeVisible();
    expect(screen.queryByRole("button", { name: "Anotar consentimento" })).not.toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Ver histórico" }));
    expect(await screen.findByText("Pode mandar")).toBeInTheDocument();
  });

  it("are recorded by whoever edits contacts", async () => {
    const session = sign("inbox", "contacts.edit");
    const api = stubApi(consents);
    const user = userEvent.setup();
    await renderApp(<ContactPrivacy contact={CONTACT} />, { session });
    await user.click(await screen.findByRole("button", { name: "Anotar consentimento" }));
    const dialog = await screen.findByRole("dialog");
    await user.click(within(dialog).getByRole("radio", { name: "Nega" }));
    await user.click(within(dialog).getByRole("button", { name: "Anotar" }));
    await vi.waitFor(() =>
      expect(sent(api, "POST", "/contacts/c1/consents")).toMatchObject({
        purpose: "marketing",
        granted: false,
        legal_basis: "consent",
        source: "whatsapp",
        at: null,
      }),
    );
  });
});

describe("the person's data", () => {
  it("is out of sight for whoever does not run the privacy desk", async () => {
    const session = sign("inbox", "contacts.edit");
    stubApi({ "/contacts/c1/consents": { current: [], history: [] } });
    await renderApp(<ContactPrivacy contact={CONTACT} />, { session });
    expect(await screen.findByText(/Nada anotado/)).toBeVisible();
    expect(screen.queryByRole("button", { name: "Excluir os dados" })).not.toBeInTheDocument();
  });

  it("is erased only with the name typed, and tells why it was refused", async () => {
    const session = sign("inbox", "privacy.manage");
    const refusal = { type: "x", title: "x", status: 422, code: "reason_names_subject" };
    const api = stubApi({
      "/contacts/c1/consents": { current: [], history: [] },
      "/exports": [],
      "/contacts/c1/erase": Response.json(refusal, { status: 422 }),
    });
    const user = userEvent.setup();
    await renderApp(<ContactPrivacy contact={CONTACT} />, { session });
    await user.click(await screen.findByRole("button", { name: "Excluir os dados" }));
    const dialog = await screen.findByRole("dialog");
    const erase = within(dialog).getByRole("button", { name: "Excluir para sempre" });
    await user.type(within(dialog).getByLabelText("Motivo"), "Pedido do Mateus");
    await user.type(within(dialog).getByLabelText(/digite o nome/), "Mateus");
    expect(erase).toBeDisabled();
    await user.type(within(dialog).getByLabelText(/digite o nome/), " moreira");
    await user.click(erase);
    expect(await within(dialog).findByRole("alert")).toHaveTextContent("O motivo não pode ter o nome");
    expect(sent(api, "POST", "/contacts/c1/erase")).toEqual({
      reason: "Pedido do Mateus",
      confirm_name: "Mateus moreira",
    });
  });

  it("is exported, and downloaded when it is ready", async () => {
    const session = sign("inbox", "privacy.manage");
    const ready = {
      id: "e1",
      kind: "contact",
      subject_id: "c1",
      state: "ready",
      file_name: "contact.zip",
      mime_type: "application/zip",
      size: 5000,
      error: null,
      requested_by: "u1",
      requested_by_name: "Ana",
      created_at: "2026-11-23T12:00:00Z",
      ready_at: null,
      expires_at: null,
    };
    const api = stubApi({
      "/contacts/c1/consents": { current: [], history: [] },
      "/exports": [ready],
      "/contacts/c1/export": { ...ready, state: "pending" },
    });
    const user = userEvent.setup();
    await renderApp(<ContactPrivacy contact={CONTACT} />, { session });
    expect(await screen.findByRole("button", { name: "Baixar contact.zip" })).toBeEnabled();
    await user.click(screen.getByRole("button", { name: "Exportar de novo" }));
    await vi.waitFor(() => expect(sent(api, "POST", "/contacts/c1/export")).toBeNull());
  });
});
