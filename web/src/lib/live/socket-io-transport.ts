import { io } from "socket.io-client";
import type { Transport } from "@/lib/live/transport";

/** A handshake that has not finished by then is given up and tried again. */
const CONNECT_TIMEOUT_MS = 10_000;

/** WebSocket only, so that server nodes need no sticky sessions; reconnecting is LiveSocket's own business. */
export function openSocketIoTransport(): Transport {
  const socket = io({
    path: "/socket.io",
    transports: ["websocket"],
    autoConnect: false,
    reconnection: false,
    timeout: CONNECT_TIMEOUT_MS,
  });
  let heardAt = 0;
  const heard = () => {
    heardAt = Date.now();
  };
  socket.on("connect", () => {
    heard();
    socket.io.engine.on("packet", heard);
  });
  return {
    connect(auth) {
      socket.auth = auth;
      socket.connect();
    },
    disconnect() {
      socket.disconnect();
    },
    on(event, handler) {
      socket.on(event, handler);
    },
    emit(event, payload, acknowledge) {
      socket.emit(event, payload, acknowledge);
    },
    lastHeardAt: () => heardAt,
  };
}
