import { createContext, use } from "react";
import type { MessageView } from "@/lib/wire/protocol.gen";

/** Shows how a message travelled; null where there is no server to ask. */
const TripContext = createContext<((message: MessageView) => void) | null>(null);

export const TripProvider = TripContext.Provider;

export function useShowTrip(): ((message: MessageView) => void) | null {
  return use(TripContext);
}
