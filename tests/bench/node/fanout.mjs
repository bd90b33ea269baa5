// Node's socket.io as its documentation shows it, for the fan-out benchmark: one room, WebSocket only, no compression.
// Run as `node fanout.mjs PORT`; answers GET /emit?n=… like tests/bench/fanout_server.py.
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { Server } from "socket.io";

const PAUSE_MS = 2;
const port = Number(process.argv[2]);

/** 600 bytes on the wire; the same as fanout_server.event. */
function event(seq) {
  return {
    seq,
    type: "message_created",
    audience: ["account"],
    at: "2026-11-23T15:00:00.000000+00:00",
    data: {
      id: "0190f8a8-0000-7000-8000-000000000000",
      conversation_id: "0190f8a8-0000-7000-8000-000000000001",
      body: "Does it come in another color? ".repeat(11),
      status: "received",
      contact: { name: "Sheena Nelson", wa_id: "16505551234" },
    },
  };
}

let sent = 0;
const http = createServer(async (request, response) => {
  const url = new URL(request.url, "http://127.0.0.1");
  if (url.pathname !== "/emit") return;
  const before = process.resourceUsage();
  for (let n = Number(url.searchParams.get("n")); n > 0; n -= 1) {
    sent += 1;
    io.to("r").emit("events", [event(sent)]);
    await sleep(PAUSE_MS);
  }
  await sleep(1000); // what is on its way belongs to it
  const after = process.resourceUsage();
  const micros = after.userCPUTime - before.userCPUTime + after.systemCPUTime - before.systemCPUTime;
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ cpu_seconds: micros / 1e6 }));
});
const io = new Server(http, { transports: ["websocket"], perMessageDeflate: false });
io.on("connection", (socket) => socket.join("r"));
http.listen(port, "127.0.0.1");
