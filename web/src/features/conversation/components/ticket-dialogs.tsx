import { Suspense, lazy } from "react";
import type { TicketView } from "@/lib/wire/openapi.gen";

export type TicketDialog = "close" | "transfer";

const CloseDialog = lazy(() => import("@/features/conversation/components/close-dialog"));
const TransferDialog = lazy(() => import("@/features/conversation/components/transfer-dialog"));

interface TicketDialogsProps {
  ticket: TicketView;
  dialog: TicketDialog | null;
  onClose: () => void;
}

/** Their code comes when one is first opened. */
export function TicketDialogs({ ticket, dialog, onClose }: TicketDialogsProps) {
  return (
    <Suspense fallback={null}>
      {dialog === "close" && <CloseDialog ticket={ticket} onClose={onClose} />}
      {dialog === "transfer" && <TransferDialog ticket={ticket} onClose={onClose} />}
    </Suspense>
  );
}
