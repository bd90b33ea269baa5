import { ChevronDown, Copy, Reply, RotateCw, Smile, Timer } from "lucide-react";
import { useImperativeHandle, useRef, useState, type KeyboardEvent, type Ref } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "@/components/icon-button";
import { Menu, type MenuEntry } from "@/components/menu";
import { Popup } from "@/components/popup";
import { useShowTrip } from "@/features/conversation/trip/trip-context";
import type { MessageView } from "@/lib/wire/protocol.gen";
import { canBeAnswered, copyableText } from "./message-facts";
import { copyText } from "./use-copy";
import classes from "./message-actions.module.css";

export interface MessageActionsHandle {
  /** False when there is nothing to choose. */
  openMenu: () => boolean;
  reply: () => boolean;
}

interface MessageActionsProps {
  ref: Ref<MessageActionsHandle>;
  message: MessageView;
  ownReaction: string | null;
  onReply?: ((message: MessageView) => void) | undefined;
  onReact?: ((message: MessageView, emoji: string | null) => void) | undefined;
  onRetry?: ((message: MessageView, options: { evenIfUnconfirmed: boolean }) => void) | undefined;
}

/** The six that WhatsApp offers first. */
const QUICK_EMOJI = ["👍", "❤️", "😂", "😮", "😢", "🙏"] as const;

/** Beside the bubble: react, reply, and everything else in a menu. Shown on hover, on focus, and after a tap. */
export function MessageActions({ ref, message, ownReaction, onReply, onReact, onRetry }: MessageActionsProps) {
  const { t } = useTranslation("messages");
  const [menuOpened, setMenuOpened] = useState(false);
  const showTrip = useShowTrip();
  const answerable = canBeAnswered(message);
  const reply = answerable && onReply ? () => onReply(message) : null;
  const react = answerable && onReact ? (emoji: string | null) => onReact(message, emoji) : null;
  const text = copyableText(message);
  const unconfirmed = message.status === "unconfirmed";
  const failed = message.status === "failed" && (message.error?.can_retry ?? true);
  const retry = (failed || unconfirmed) && onRetry ? () => onRetry(message, { evenIfUnconfirmed: unconfirmed }) : null;
  const entries: MenuEntry[] = [];
  if (reply !== null) entries.push({ key: "reply", label: t("actions.reply"), icon: Reply, onSelect: reply });
  if (text !== null) {
    entries.push({ key: "copy", label: t("actions.copy"), icon: Copy, onSelect: () => void copyText(text) });
  }
  if (retry !== null) {
    const label = t(unconfirmed ? "failure.sendAnyway" : "failure.retry");
    entries.push({ key: "retry", label, icon: RotateCw, onSelect: retry });
  }
  // Version 0: still on this computer, no server knows it.
  if (showTrip !== null && message.version > 0) {
    entries.push({ key: "trip", label: t("actions.trip"), icon: Timer, onSelect: () => showTrip(message) });
  }
  const hasMenu = entries.length > 0;

  useImperativeHandle(ref, () => ({
    openMenu: () => {
      if (hasMenu) setMenuOpened(true);
      return hasMenu;
    },
    reply: () => {
      reply?.();
      return reply !== null;
    },
  }));

  if (!hasMenu && react === null) return null;
  return (
    <div className={classes.anchor}>
      <div className={classes.actions} role="group" aria-label={t("actions.label")} data-open={menuOpened}>
        {react !== null && <ReactButton own={ownReaction} onReact={react} />}
        {reply !== null && <IconButton icon={Reply} label={t("actions.reply")} size={17} onClick={reply} />}
        {hasMenu && (
          <Menu
            label={t("actions.more")}
            width={showTrip === null ? 210 : 260}
            opened={menuOpened}
            onOpened={setMenuOpened}
            sections={[{ key: "actions", entries }]}
            trigger={(props) => <IconButton {...props} icon={ChevronDown} label={t("actions.more")} size={17} />}
          />
        )}
      </div>
    </div>
  );
}

function ReactButton({ own, onReact }: { own: string | null; onReact: (emoji: string | null) => void }) {
  const { t } = useTranslation("messages");
  const [opened, setOpened] = useState(false);
  const trigger = useRef<HTMLButtonElement>(null);
  const row = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    const buttons = [...(row.current?.querySelectorAll("button") ?? [])];
    const at = buttons.findIndex((button) => button === document.activeElement);
    if (step !== 0) buttons[(at + step + buttons.length) % buttons.length]?.focus();
  };
  return (
    <>
      <IconButton
        ref={trigger}
        icon={Smile}
        label={t("actions.react")}
        size={17}
        aria-haspopup="dialog"
        aria-expanded={opened}
        onClick={() => setOpened((before) => !before)}
      />
      <Popup
        opened={opened}
        onClose={() => setOpened(false)}
        anchor={trigger}
        placement="above-center"
        role="dialog"
        label={t("actions.react")}
      >
        <div ref={row} className={classes.emojis} role="group" aria-label={t("actions.react")} onKeyDown={onKeyDown}>
          {QUICK_EMOJI.map((emoji) => (
            <button
              key={emoji}
              type="button"
              aria-label={t(own === emoji ? "actions.takeBack" : "actions.reactWith", { emoji })}
              aria-pressed={own === emoji}
              onClick={() => {
                setOpened(false);
                onReact(own === emoji ? null : emoji);
              }}
            >
              {emoji}
            </button>
          ))}
        </div>
      </Popup>
    </>
  );
}
