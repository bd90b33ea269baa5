import {
  Download, File, FileArchive, FileAudio, FileImage, FileSpreadsheet, FileText, FileVideo, LoaderCircle, Presentation,
  type LucideIcon,
} from "lucide-react";
import { useTranslation } from "react-i18next";
import type { MediaView } from "@/lib/wire/protocol.gen";
import { fileSize } from "../file-size";
import { documentEnding, documentKind, type DocumentKind } from "./document-kind";
import { FailedMedia } from "./media-state";
import { useMediaSource } from "./use-media-source";
import classes from "./document-card.module.css";

const ICONS: Record<DocumentKind, LucideIcon> = {
  pdf: FileText,
  sheet: FileSpreadsheet,
  text: FileText,
  slides: Presentation,
  archive: FileArchive,
  picture: FileImage,
  sound: FileAudio,
  film: FileVideo,
  file: File,
};

interface DocumentCardProps {
  media: MediaView | null;
  localUrl?: string | undefined;
  onRetryMedia?: (() => void) | undefined;
}

export function DocumentCard({ media, localUrl, onRetryMedia }: DocumentCardProps) {
  const { t, i18n } = useTranslation("messages");
  const source = useMediaSource(media, localUrl, onRetryMedia);
  if (source.state === "failed") return <FailedMedia text={t("document.failed")} {...source} />;
  const kind = documentKind(media?.file_name ?? null, media?.mime_type ?? "");
  const Icon = ICONS[kind];
  const name = media?.file_name ?? t("document.unnamed");
  const size = media?.size ? fileSize(media.size, i18n.language) : null;
  const facts = [documentEnding(media?.file_name ?? null), size].filter(Boolean).join(" · ");
  const inner = (
    <>
      <span className={classes.icon} data-kind={kind}>
        <Icon size={22} aria-hidden />
      </span>
      <span className={classes.words}>
        <span className={classes.name}>{name}</span>
        <span className={classes.facts}>{source.state === "pending" ? t("media.pending") : facts}</span>
      </span>
    </>
  );
  if (source.state === "pending") {
    return (
      <div className={classes.card} role="status">
        {inner}
        <LoaderCircle className={classes.spinner} size={18} aria-hidden />
      </div>
    );
  }
  return (
    <a className={classes.card} href={source.url} download={name} aria-label={t("document.download", { name, facts })}>
      {inner}
      <Download className={classes.download} size={18} aria-hidden />
    </a>
  );
}
