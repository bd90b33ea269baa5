import { createContext, use } from "react";
import type { ConnectionState, LiveSocket } from "@/lib/live/live-socket";
import { useStore } from "@/lib/store";

const LiveContext = createContext<LiveSocket | null>(null);

export const LiveProvider = LiveContext.Provider;

export function useLive(): LiveSocket {
  const live = use(LiveContext);
  if (live === null) throw new Error("useLive outside of LiveProvider");
  return live;
}

export function useConnection(): ConnectionState {
  return useStore(useLive().state, (state) => state);
}
