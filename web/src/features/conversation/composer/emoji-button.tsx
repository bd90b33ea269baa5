import type { LucideIcon } from "lucide-react";
import { Suspense, lazy, useRef } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "@/components/icon-button";
import { Popup } from "@/components/popup";

const EmojiPicker = lazy(() => import("@/features/conversation/composer/emoji-picker"));

interface EmojiButtonProps {
  opened: boolean;
  onToggle: (opened: boolean) => void;
  onPick: (emoji: string) => void;
  icon: LucideIcon;
}

export function EmojiButton({ opened, onToggle, onPick, icon }: EmojiButtonProps) {
  const { t } = useTranslation("app");
  const trigger = useRef<HTMLButtonElement>(null);
  return (
    <>
      <IconButton
        ref={trigger}
        icon={icon}
        label={t("composer.emoji")}
        active={opened}
        aria-haspopup="dialog"
        aria-expanded={opened}
        onClick={() => onToggle(!opened)}
      />
      <Popup
        opened={opened}
        onClose={() => onToggle(false)}
        anchor={trigger}
        placement="above-start"
        width={336}
        role="dialog"
        label={t("composer.emoji")}
      >
        <Suspense fallback={<div style={{ height: 300 }} />}>
          <EmojiPicker
            onPick={(emoji) => {
              onToggle(false);
              onPick(emoji);
            }}
          />
        </Suspense>
      </Popup>
    </>
  );
}
