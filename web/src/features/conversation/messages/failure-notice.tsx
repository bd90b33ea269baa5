import { RotateCw } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { MessageView } from "@/lib/wire/protocol.gen";
import classes from "./failure-notice.module.css";

interface FailureNoticeProps {
  message: MessageView;
  onRetry?: ((message: MessageView, options: { evenIfUnconfirmed: boolean }) => void) | undefined;
}

/** Below a message that did not go out, or of which nobody knows: why, and what can be done. */
export function FailureNotice({ message, onRetry }: FailureNoticeProps) {
  const { t, i18n } = useTranslation("messages");
  if (message.status === "unconfirmed") {
    return (
      <div className={classes.notice} data-status="unconfirmed">
        <span>{t("failure.unconfirmed")}</span>
        {onRetry && (
          <button type="button" onClick={() => onRetry(message, { evenIfUnconfirmed: true })}>
            <RotateCw size={13} aria-hidden />
            {t("failure.sendAnyway")}
          </button>
        )}
      </div>
    );
  }
  const error = message.error;
  const reason = error?.reason[i18n.language] ?? error?.reason.en ?? error?.title ?? "";
  const canRetry = error?.can_retry ?? true;
  return (
    <div className={classes.notice} data-status="failed">
      <span>{reason === "" ? t("failure.unknown") : reason}</span>
      {error?.code != null && <small title={error.details}>{t("failure.code", { code: error.code })}</small>}
      {canRetry && onRetry && (
        <button type="button" onClick={() => onRetry(message, { evenIfUnconfirmed: false })}>
          <RotateCw size={13} aria-hidden />
          {t("failure.retry")}
        </button>
      )}
    </div>
  );
}
