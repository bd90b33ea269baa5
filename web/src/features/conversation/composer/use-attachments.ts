import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { kindOfFile, refusalOf } from "@/features/conversation/composer/file-kind";
import type { OutgoingFile } from "@/features/conversation/model/outbox";
import { newId } from "@/lib/ids";
import { showToast } from "@/lib/toasts";

export interface Attachment {
  id: string;
  file: OutgoingFile;
}

/** WhatsApp's own clients let pick this many at once. */
const MOST_FILES = 10;

/** Needed before the upload, so that the bubble reserves the picture's place. */
async function pictureSize(blob: Blob): Promise<{ width: number; height: number } | null> {
  try {
    const bitmap = await createImageBitmap(blob);
    const size = { width: bitmap.width, height: bitmap.height };
    bitmap.close();
    return size;
  } catch {
    return null;
  }
}

export function useAttachments() {
  const { t } = useTranslation("app");
  const [attachments, setAttachments] = useState<readonly Attachment[]>([]);
  const latest = useRef(attachments);
  useEffect(() => {
    latest.current = attachments;
  });
  // What was picked and never sent.
  useEffect(
    () => () => {
      for (const { file } of latest.current) if (file.previewUrl) URL.revokeObjectURL(file.previewUrl);
    },
    [],
  );

  const add = async (files: readonly File[]) => {
    const usable = files.filter((file) => {
      const refusal = refusalOf(file);
      if (refusal === null) return true;
      const words =
        refusal.reason === "empty"
          ? t("composer.fileEmpty", { name: file.name })
          : t("composer.fileTooBig", { name: file.name, limit: refusal.limit });
      showToast(words, "trouble");
      return false;
    });
    const made = await Promise.all(
      usable.slice(0, MOST_FILES).map(async (blob): Promise<Attachment> => {
        const kind = kindOfFile(blob);
        const size = kind === "image" ? await pictureSize(blob) : null;
        return {
          id: newId(),
          file: {
            blob,
            name: blob.name,
            kind,
            caption: "",
            voice: false,
            previewUrl: kind === "document" ? null : URL.createObjectURL(blob),
            width: size?.width ?? null,
            height: size?.height ?? null,
            durationMs: null,
            progress: 0,
          },
        };
      }),
    );
    setAttachments((current) => [...current, ...made].slice(0, MOST_FILES));
  };

  return {
    attachments,
    add,
    remove: (id: string) => {
      setAttachments((current) => {
        const gone = current.find((item) => item.id === id);
        if (gone?.file.previewUrl) URL.revokeObjectURL(gone.file.previewUrl);
        return current.filter((item) => item.id !== id);
      });
    },
    /** They belong to the outbox from now on, their previews too. */
    take: (): readonly Attachment[] => {
      const taken = latest.current;
      latest.current = [];
      setAttachments([]);
      return taken;
    },
  };
}
