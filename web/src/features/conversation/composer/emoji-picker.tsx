import { useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { EMOJI } from "@/features/conversation/composer/emoji-list";
import styles from "@/features/conversation/composer/emoji-picker.module.css";
import { readStored, writeStored } from "@/lib/storage";

const RECENT_KEY = "prosa.emoji";
const COLUMNS = 8;
const RECENT_MAX = COLUMNS * 2;

function recentEmoji(): string[] {
  const stored = readStored(RECENT_KEY);
  return Array.isArray(stored) ? stored.filter((item) => typeof item === "string").slice(0, RECENT_MAX) : [];
}

function fold(text: string): string {
  return text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
}

/** A small picker of its own: those that are used, found by words of both languages, all by keyboard. */
export default function EmojiPicker({ onPick }: { onPick: (emoji: string) => void }) {
  const { t } = useTranslation("app");
  const [q, setQ] = useState("");
  const [recent] = useState(recentEmoji);
  const needle = fold(q.trim());
  const found = EMOJI.filter(([, words]) => needle === "" || fold(words).includes(needle)).map(
    ([emoji]) => emoji,
  );
  const shown = needle === "" ? [...recent, ...found.filter((emoji) => !recent.includes(emoji))] : found;

  const pick = (emoji: string) => {
    writeStored(RECENT_KEY, [emoji, ...recent.filter((item) => item !== emoji)].slice(0, RECENT_MAX));
    onPick(emoji);
  };

  const move = (event: KeyboardEvent<HTMLDivElement>) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: COLUMNS, ArrowUp: -COLUMNS }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const buttons = [...event.currentTarget.querySelectorAll("button")];
    const index = buttons.findIndex((button) => button === document.activeElement);
    buttons[Math.min(buttons.length - 1, Math.max(0, index + step))]?.focus();
  };

  return (
    <div className={styles.picker}>
      <input
        type="search"
        data-autofocus
        value={q}
        placeholder={t("composer.emojiSearch")}
        aria-label={t("composer.emojiSearch")}
        onChange={(event) => setQ(event.target.value)}
        onKeyDown={(event) => {
          const first = shown[0];
          if (event.key === "Enter" && first !== undefined) pick(first);
          if (event.key === "ArrowDown") {
            event.preventDefault();
            event.currentTarget.parentElement?.querySelector("button")?.focus();
          }
        }}
      />
      <div className={styles.grid} role="group" aria-label={t("composer.emoji")} onKeyDown={move}>
        {shown.map((emoji, index) => (
          <button key={emoji} type="button" tabIndex={index === 0 ? 0 : -1} onClick={() => pick(emoji)}>
            {emoji}
          </button>
        ))}
        {shown.length === 0 && <p>{t("palette.nothing")}</p>}
      </div>
    </div>
  );
}
