import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useLive } from "@/lib/live/live-context";
import type { CommandName } from "@/lib/live/live-socket";
import { showToast } from "@/lib/toasts";
import { useTroubleToast } from "@/lib/use-trouble-toast";
import type { CommandMap } from "@/lib/wire/protocol.gen";

/** Ticket commands with their short answer. The change itself comes back as an event, to everybody alike. */
export function useTicketActions() {
  const { t } = useTranslation("app");
  const live = useLive();
  const trouble = useTroubleToast();
  const [busy, setBusy] = useState<CommandName | null>(null);

  const run = async <K extends CommandName>(
    command: K,
    payload: CommandMap[K]["payload"],
    done: string,
  ): Promise<boolean> => {
    setBusy(command);
    try {
      await live.send(command, payload);
      showToast(done);
      return true;
    } catch (error) {
      trouble(error);
      return false;
    } finally {
      setBusy(null);
    }
  };

  return {
    busy,
    accept: (ticketId: string) => run("accept_ticket", { ticket_id: ticketId }, t("conversation.accepted")),
    transfer: (payload: CommandMap["transfer_ticket"]["payload"], to: string) =>
      run("transfer_ticket", payload, t("conversation.transferred", { to })),
    toQueue: (ticketId: string) =>
      run("return_ticket_to_queue", { ticket_id: ticketId }, t("conversation.returned")),
    close: (ticketId: string, reason: string | null) =>
      run("close_ticket", { ticket_id: ticketId, reason }, t("conversation.closed")),
    reopen: (ticketId: string) => run("reopen_ticket", { ticket_id: ticketId }, t("conversation.reopened")),
  };
}
