import { screen, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fixtureMessages } from "@/features/conversation/messages/fixtures";
import { TripDialog } from "@/features/conversation/trip/trip-dialog";
import { accessToken } from "@/lib/http/client";
import { SESSION, renderApp, stubApi } from "@/test/render-app";

beforeEach(() => {
  accessToken.adopt({ access_token: "t", token_type: "bearer", expires_in: 900, session: SESSION });
});
afterEach(() => vi.unstubAllGlobals());

function someMessage() {
  const [message] = fixtureMessages;
  if (message === undefined) throw new Error("no fixture");
  return message;
}

const TRIP = {
  message_id: "m",
  received_at: "2026-11-23T12:00:00.000Z",
  stored_at: "2026-11-23T12:00:00.003Z",
  pushed_at: "2026-11-23T12:00:00.011Z",
  painted_at: "2026-11-23T12:00:00.040Z",
  store_ms: 3,
  push_ms: 8,
  paint_ms: 29,
  whole_ms: 40,
};

async function show(trip: unknown) {
  const message = someMessage();
  stubApi({ [`/conversations/${message.conversation_id}/messages/${message.id}/trip`]: trip });
  await renderApp(<TripDialog message={message} onClose={() => undefined} />);
  return screen.findByRole("list");
}

describe("a message's trip", () => {
  it("names its four stations and what each leg took", async () => {
    const stops = within(await show(TRIP)).getAllByRole("listitem");
    expect(stops.map((stop) => stop.textContent)).toEqual([
      expect.stringMatching(/^Recebida da Meta.*,000$/),
      expect.stringMatching(/^Gravada.*,003\+ 3 ms$/),
      expect.stringMatching(/^Enviada à primeira tela.*,011\+ 8 ms$/),
      expect.stringMatching(/^Mostrada.*,040\+ 29 ms$/),
    ]);
    expect(screen.getByText("40 ms")).toBeInTheDocument();
  });

  it("says what is not known instead of leaving it empty", async () => {
    const unseen = {
      ...TRIP,
      pushed_at: null,
      painted_at: null,
      push_ms: null,
      paint_ms: null,
      whole_ms: null,
    };
    const stops = await show(unseen);
    expect(within(stops).getByText(/Nenhuma tela estava aberta/)).toBeInTheDocument();
    expect(screen.queryByText("Do começo ao fim")).not.toBeInTheDocument();
  });
});
