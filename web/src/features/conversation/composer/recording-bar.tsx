import { SendHorizontal, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { IconButton } from "@/components/icon-button";
import styles from "@/features/conversation/composer/composer.module.css";
import { duration } from "@/lib/time/format";
import { useNow } from "@/lib/time/use-now";

interface RecordingBarProps {
  startedAt: number;
  onSend: () => void;
  onDiscard: () => void;
}

export function RecordingBar({ startedAt, onSend, onDiscard }: RecordingBarProps) {
  const { t } = useTranslation("app");
  const now = useNow(250);
  return (
    <div className={styles.recording} role="status">
      <IconButton icon={Trash2} label={t("composer.cancelVoice")} tone="danger" onClick={onDiscard} />
      <span className={styles.recordingDot} aria-hidden="true" />
      <span>{t("composer.recording", { time: duration(now - startedAt) })}</span>
      <IconButton
        icon={SendHorizontal}
        label={t("composer.stopVoice")}
        tone="accent"
        autoFocus
        onClick={onSend}
      />
    </div>
  );
}
