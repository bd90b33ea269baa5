/** What LiveSocket needs of a connection: the port that socket.io-client, the tests and the mock fill. */
export interface Transport {
  /** Connects with this payload of `auth`; the outcome comes as "connect" or "connect_error". */
  connect(auth: Record<string, unknown>): void;
  disconnect(): void;
  on(event: string, handler: (payload: unknown) => void): void;
  emit(event: string, payload: unknown, acknowledge: (answer: unknown) => void): void;
  /** When the other side was last heard, in milliseconds of Date.now(). */
  lastHeardAt(): number;
}

export type OpenTransport = () => Transport;
