import { Check, type LucideIcon } from "lucide-react";
import { Fragment, useId, useRef, useState, type KeyboardEvent, type ReactNode, type Ref } from "react";
import styles from "@/components/menu.module.css";
import { Popup } from "@/components/popup";

export interface MenuEntry {
  key: string;
  label: string;
  icon?: LucideIcon | undefined;
  /** Instead of an icon. */
  mark?: ReactNode;
  /** Where one is chosen among several, or something is on or off. */
  checked?: boolean | undefined;
  /** Quietly at the end: a count. */
  hint?: string | null | undefined;
  testId?: string | undefined;
  onSelect: () => void;
}

export interface MenuSection {
  key: string;
  label?: string;
  entries: readonly MenuEntry[];
}

export interface MenuTriggerProps {
  ref: Ref<HTMLButtonElement>;
  onClick: () => void;
  "aria-haspopup": "menu";
  "aria-expanded": boolean;
}

interface MenuProps {
  label: string;
  sections: readonly MenuSection[];
  trigger: (props: MenuTriggerProps) => ReactNode;
  width?: number;
  /** Filters: several are set one after another. */
  staysOpen?: boolean;
  /** For whoever opens it by other means too (a key). */
  opened?: boolean;
  onOpened?: (opened: boolean) => void;
}

/** A list of actions at a button: arrows move, Enter chooses, Escape leaves. */
export function Menu({ label, sections, trigger, width = 230, staysOpen = false, ...control }: MenuProps) {
  const [ownOpened, setOwnOpened] = useState(false);
  const opened = control.opened ?? ownOpened;
  const setOpened = control.onOpened ?? setOwnOpened;
  const anchor = useRef<HTMLButtonElement>(null);
  const base = useId();

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Tab") setOpened(false);
    if (step === undefined) return;
    event.preventDefault();
    const items = [...event.currentTarget.querySelectorAll<HTMLElement>("button")];
    const index = items.findIndex((item) => item === document.activeElement);
    items[(index + step + items.length) % items.length]?.focus();
  };

  return (
    <>
      {trigger({
        ref: anchor,
        onClick: () => setOpened(!opened),
        "aria-haspopup": "menu",
        "aria-expanded": opened,
      })}
      <Popup
        opened={opened}
        onClose={() => setOpened(false)}
        anchor={anchor}
        placement="below-end"
        width={width}
        role="menu"
        label={label}
      >
        <div onKeyDown={onKeyDown}>
          {sections.map((section, index) => (
            <Fragment key={section.key}>
              {index > 0 && <hr className={styles.divider} />}
              {section.label !== undefined && (
                <p id={`${base}-${section.key}`} className={styles.label}>
                  {section.label}
                </p>
              )}
              {section.entries.map((entry) => (
                <MenuItem
                  key={entry.key}
                  entry={entry}
                  onChosen={() => {
                    if (!staysOpen) {
                      setOpened(false);
                      // Before a dialog comes: it gives the focus back to where it found it, and the item is gone then.
                      anchor.current?.focus({ preventScroll: true });
                    }
                    entry.onSelect();
                  }}
                />
              ))}
            </Fragment>
          ))}
        </div>
      </Popup>
    </>
  );
}

function MenuItem({ entry, onChosen }: { entry: MenuEntry; onChosen: () => void }) {
  const { icon: Icon, mark, checked, hint, label, testId } = entry;
  return (
    <button
      type="button"
      role={checked === undefined ? "menuitem" : "menuitemcheckbox"}
      aria-checked={checked}
      data-testid={testId}
      className={styles.item}
      onClick={onChosen}
    >
      {Icon && <Icon size={17} strokeWidth={1.8} aria-hidden="true" />}
      {mark}
      <span>{label}</span>
      {checked === true ? <Check size={15} aria-hidden="true" /> : hint && <small>{hint}</small>}
    </button>
  );
}
