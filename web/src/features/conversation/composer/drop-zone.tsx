import { Paperclip } from "lucide-react";
import { useState, type DragEvent, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import styles from "@/features/conversation/composer/drop-zone.module.css";

interface DropZoneProps {
  onFiles: (files: readonly File[]) => void;
  children: ReactNode;
}

function holdsFiles(event: DragEvent): boolean {
  return event.dataTransfer.types.includes("Files");
}

/** The box that is written in; files can be dropped on it. */
export function DropZone({ onFiles, children }: DropZoneProps) {
  const { t } = useTranslation("app");
  const [over, setOver] = useState(false);
  return (
    <div
      className={styles.zone}
      onDragOver={(event) => {
        if (!holdsFiles(event)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false);
      }}
      onDrop={(event) => {
        if (!holdsFiles(event)) return;
        event.preventDefault();
        setOver(false);
        onFiles([...event.dataTransfer.files]);
      }}
    >
      {children}
      {over && (
        <div className={styles.over}>
          <Paperclip size={18} aria-hidden="true" />
          {t("composer.dropHere")}
        </div>
      )}
    </div>
  );
}
