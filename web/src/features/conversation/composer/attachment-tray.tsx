import { FileText, Music, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import styles from "@/features/conversation/composer/attachment-tray.module.css";
import type { Attachment } from "@/features/conversation/composer/use-attachments";

interface AttachmentTrayProps {
  attachments: readonly Attachment[];
  onRemove: (id: string) => void;
}

function sizeText(bytes: number): string {
  return bytes < 1024 * 1024
    ? `${Math.max(1, Math.round(bytes / 1024))} kB`
    : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

/** What goes with the message; what is written becomes the caption. */
export function AttachmentTray({ attachments, onRemove }: AttachmentTrayProps) {
  const { t } = useTranslation("app");
  if (attachments.length === 0) return null;
  return (
    <ul className={styles.tray}>
      {attachments.map(({ id, file }) => (
        <li key={id} data-kind={file.kind}>
          {file.kind === "image" && file.previewUrl && <img src={file.previewUrl} alt="" />}
          {file.kind === "video" && file.previewUrl && <video src={file.previewUrl} muted />}
          {(file.kind === "document" || file.kind === "audio") && (
            <span className={styles.file}>
              {file.kind === "audio" ? (
                <Music size={20} aria-hidden="true" />
              ) : (
                <FileText size={20} aria-hidden="true" />
              )}
              <span>
                <strong>{file.name}</strong>
                {sizeText(file.blob.size)}
              </span>
            </span>
          )}
          <button
            type="button"
            aria-label={t("composer.removeFile", { name: file.name })}
            onClick={() => onRemove(id)}
          >
            <X size={13} strokeWidth={2.5} aria-hidden="true" />
          </button>
        </li>
      ))}
    </ul>
  );
}
