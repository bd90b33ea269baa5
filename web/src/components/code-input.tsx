import { useRef, type ClipboardEvent, type KeyboardEvent, type Ref } from "react";
import styles from "@/components/code-input.module.css";

interface CodeInputProps {
  label: string;
  value: string;
  /** As RFC 6238 apps show them. */
  length?: number;
  invalid?: boolean;
  /** Being looked at: what is typed now waits. The focus stays. */
  busy?: boolean;
  onChange: (code: string) => void;
  /** The last digit is in: no button needs to be pressed. */
  onComplete?: (code: string) => void;
  ref?: Ref<HTMLInputElement>;
}

/** A short code of digits: one real field (paste, autofill and screen readers work), drawn as boxes. */
export function CodeInput({
  label,
  value,
  length = 6,
  invalid,
  busy,
  onChange,
  onComplete,
  ref,
}: CodeInputProps) {
  const complete = useRef("");
  const take = (text: string) => {
    const code = text.replaceAll(/\D/g, "").slice(0, length);
    onChange(code);
    if (code.length === length && complete.current !== code) {
      complete.current = code;
      onComplete?.(code);
    } else if (code.length < length) complete.current = "";
  };
  const onPaste = (event: ClipboardEvent<HTMLInputElement>) => {
    // "123 456" or "Code: 123456": whatever stands around the digits.
    event.preventDefault();
    take(event.clipboardData.getData("text"));
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    // The caret always stands behind the last digit: a box in the middle would be a lie.
    if (event.key === "ArrowLeft" || event.key === "Home") event.preventDefault();
  };
  return (
    <div className={styles.code} data-invalid={invalid === true ? true : undefined}>
      <input
        ref={ref}
        aria-label={label}
        aria-invalid={invalid === true ? true : undefined}
        className={styles.input}
        inputMode="numeric"
        autoComplete="one-time-code"
        pattern="\d*"
        autoFocus
        data-autofocus
        data-testid="code-input"
        value={value}
        readOnly={busy}
        onChange={(event) => take(event.target.value)}
        onPaste={onPaste}
        onKeyDown={onKeyDown}
      />
      <div className={styles.boxes} aria-hidden="true">
        {Array.from({ length }, (_, index) => (
          <span
            key={index}
            className={styles.box}
            data-current={index === Math.min(value.length, length - 1) ? true : undefined}
            data-half={index === length / 2 ? true : undefined}
          >
            {value[index] ?? ""}
          </span>
        ))}
      </div>
    </div>
  );
}
