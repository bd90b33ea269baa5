import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { jumboEmojiCount } from "./emoji";
import { foldText } from "./fold-text";
import { FormattedText } from "./formatted-text";
import classes from "./text-body.module.css";

interface TextBodyProps {
  body: string;
  /** Captions and cards are never drawn as large emoji. */
  jumbo?: boolean;
  trailing?: ReactNode;
}

/** The text of a message: folded when long, large when it is only emoji. */
export function TextBody({ body, jumbo = false, trailing }: TextBodyProps) {
  const { t } = useTranslation("messages");
  const [unfolded, setUnfolded] = useState(false);
  const emojiCount = jumbo ? jumboEmojiCount(body) : 0;
  if (emojiCount > 0) {
    return (
      <div className={classes.jumbo} data-count={emojiCount}>
        <span>{body.trim()}</span>
        {trailing}
      </div>
    );
  }
  const folded = foldText(body);
  if (folded === null) return <FormattedText body={body} trailing={trailing} />;
  return (
    <>
      <FormattedText body={unfolded ? body : folded} />
      <div className={classes.foldLine}>
        <button
          type="button"
          className={classes.fold}
          aria-expanded={unfolded}
          onClick={() => setUnfolded((before) => !before)}
        >
          {t(unfolded ? "text.less" : "text.more")}
        </button>
        {trailing}
      </div>
    </>
  );
}
