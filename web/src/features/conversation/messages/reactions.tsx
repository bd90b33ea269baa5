import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Popup } from "@/components/popup";
import type { ReactionView } from "@/lib/wire/protocol.gen";
import type { MessageViewer } from "./message-viewer";
import { reactionGroups } from "./reaction-groups";
import classes from "./reactions.module.css";

interface ReactionsProps {
  reactions: ReactionView[];
  viewer: MessageViewer;
  /** Takes the viewer's own reaction back. */
  onRemove?: (() => void) | undefined;
}

/** On the corner of the bubble: the emoji and how many; a click tells who. */
export function Reactions({ reactions, viewer, onRemove }: ReactionsProps) {
  const { t } = useTranslation("messages");
  const [opened, setOpened] = useState(false);
  const trigger = useRef<HTMLButtonElement>(null);
  const groups = reactionGroups(reactions);
  const nameOf = (reactor: string) => {
    if (reactor === "contact") return viewer.contactName;
    if (reactor === viewer.userId) return t("reactions.you");
    return viewer.nameOf(reactor) ?? t("reactions.somebody");
  };
  const spoken = groups
    .map((group) => t("reactions.spoken", { emoji: group.emoji, names: group.reactors.map(nameOf).join(", ") }))
    .join("; ");
  return (
    <>
      <button
        ref={trigger}
        type="button"
        className={classes.reactions}
        aria-label={t("reactions.label", { reactions: spoken })}
        onClick={() => setOpened((before) => !before)}
      >
        {groups.map((group) => (
          <span key={group.emoji}>{group.emoji}</span>
        ))}
        {reactions.length > 1 && <span className={classes.count}>{reactions.length}</span>}
      </button>
      <Popup
        opened={opened}
        onClose={() => setOpened(false)}
        anchor={trigger}
        placement="above-center"
        role="dialog"
        label={t("reactions.label", { reactions: spoken })}
      >
        <div className={classes.who}>
          <ul>
            {reactions.map((reaction) => (
            <li key={`${reaction.reactor}${reaction.emoji}`}>
              <span className={classes.emoji}>{reaction.emoji}</span>
              {nameOf(reaction.reactor)}
              {reaction.reactor === viewer.userId && onRemove && (
                <button
                  type="button"
                  onClick={() => {
                    setOpened(false);
                    onRemove();
                  }}
                >
                  {t("reactions.remove")}
                </button>
              )}
            </li>
          ))}
        </ul>
        </div>
      </Popup>
    </>
  );
}
