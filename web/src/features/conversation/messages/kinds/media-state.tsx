import { CloudOff, LoaderCircle } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Frame } from "./media-frame";
import { frameStyle } from "./media-frame";
import classes from "./media-frame.module.css";

/** The file is still on its way from WhatsApp (or from this computer): its place is kept. */
export function PendingMedia({ frame }: { frame: Frame }) {
  const { t } = useTranslation("messages");
  return (
    <div className={`${classes.frame} ${classes.pending}`} style={frameStyle(frame)} role="status">
      <span className={classes.label}>
        <LoaderCircle className={classes.spinner} size={14} aria-hidden />
        {t("media.pending")}
      </span>
    </div>
  );
}

interface FailedMediaProps {
  text: string;
  retry: (() => void) | undefined;
  /** Set when the file is here and only the browser does not show it. */
  downloadUrl: string | undefined;
}

/** The file did not come: says so, and offers another try where there is one. */
export function FailedMedia({ text, retry, downloadUrl }: FailedMediaProps) {
  const { t } = useTranslation("messages");
  return (
    <div className={classes.failed} data-media-failed>
      <CloudOff size={24} aria-hidden />
      <p>{text}</p>
      <div>
        {retry && (
          <button type="button" onClick={retry}>
            {t("media.tryAgain")}
          </button>
        )}
        {downloadUrl !== undefined && (
          <a href={downloadUrl} download>
            {t("media.download")}
          </a>
        )}
      </div>
    </div>
  );
}
