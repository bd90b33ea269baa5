import { Copy, ExternalLink, FileText, List, MapPin, Phone, Reply, ShoppingBag, Workflow, type LucideIcon } from "lucide-react";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { SentButton, SentListSection, StructuredContent } from "../structured-content";
import { TextBody } from "../text/text-body";
import classes from "./structured-message.module.css";

const ICONS: Record<SentButton["type"], LucideIcon> = {
  reply: Reply,
  link: ExternalLink,
  phone: Phone,
  list: List,
  flow: Workflow,
  copy: Copy,
  location: MapPin,
};

interface StructuredMessageProps {
  content: StructuredContent;
  /** The file above the text, drawn by whoever knows about files. */
  headerMedia: ReactNode;
  trailing: ReactNode;
}

/** Buttons, a list, a link or a template as the customer sees it. The buttons are a drawing: only the customer taps them. */
export function StructuredMessage({ content, headerMedia, trailing }: StructuredMessageProps) {
  const { t } = useTranslation("messages");
  const [listShown, setListShown] = useState(false);
  const hasList = content.sections.length > 0;
  return (
    <div className={classes.structured}>
      {content.template !== null && (
        <span className={classes.template}>
          <FileText size={13} aria-hidden />
          {t("structured.template", { name: content.template })}
        </span>
      )}
      {headerMedia !== null && <div className={classes.media}>{headerMedia}</div>}
      {content.header !== null && <strong className={classes.header}>{content.header}</strong>}
      {content.productId !== null && (
        <span className={classes.product}>
          <ShoppingBag size={16} aria-hidden />
          {content.productId}
        </span>
      )}
      {content.body !== null && <TextBody body={content.body} trailing={content.footer === null ? trailing : null} />}
      {content.footer !== null && (
        <p className={classes.footer}>
          {content.footer}
          {trailing}
        </p>
      )}
      {content.body === null && content.footer === null && trailing}
      {content.buttons.length > 0 && (
        <ul className={classes.buttons} aria-label={t("structured.buttons")}>
          {content.buttons.map((button, index) => (
            <li key={index}>
              <ButtonView
                button={button}
                expanded={button.type === "list" && hasList ? listShown : null}
                onToggle={() => setListShown((before) => !before)}
              />
            </li>
          ))}
        </ul>
      )}
      {listShown && <ListView sections={content.sections} />}
    </div>
  );
}

interface ButtonViewProps {
  button: SentButton;
  /** Null for everything but a list whose rows can be looked at. */
  expanded: boolean | null;
  onToggle: () => void;
}

function ButtonView({ button, expanded, onToggle }: ButtonViewProps) {
  const { t } = useTranslation("messages");
  const Icon = ICONS[button.type];
  const label = (
    <>
      <Icon size={15} aria-hidden />
      {button.type === "location" ? t("structured.sendLocation") : button.title}
    </>
  );
  if (button.href !== null) {
    return (
      <a className={classes.button} href={button.href} target="_blank" rel="noopener noreferrer nofollow">
        {label}
      </a>
    );
  }
  if (expanded === null) return <span className={classes.button}>{label}</span>;
  return (
    <button type="button" className={classes.button} aria-expanded={expanded} onClick={onToggle}>
      {label}
    </button>
  );
}

function ListView({ sections }: { sections: SentListSection[] }) {
  return (
    <div className={classes.list}>
      {sections.map((section, index) => (
        <div key={index}>
          {section.title !== null && <strong>{section.title}</strong>}
          <ul>
            {section.rows.map((row, at) => (
              <li key={at}>
                {row.title}
                {row.description !== null && <small>{row.description}</small>}
              </li>
            ))}
          </ul>
        </div>
      ))}
    </div>
  );
}
