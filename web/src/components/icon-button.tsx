import type { LucideIcon } from "lucide-react";
import type { ButtonHTMLAttributes, Ref } from "react";
import styles from "@/components/icon-button.module.css";

interface IconButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "children"> {
  icon: LucideIcon;
  /** Its accessible name and its tooltip. */
  label: string;
  size?: number;
  tone?: "quiet" | "accent" | "danger";
  active?: boolean;
  ref?: Ref<HTMLButtonElement>;
}

export function IconButton({
  icon: Icon,
  label,
  size = 20,
  tone = "quiet",
  active,
  className,
  ...rest
}: IconButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={[styles.button, className].filter(Boolean).join(" ")}
      data-tone={tone}
      data-active={active === true ? true : undefined}
      aria-label={label}
      title={label}
    >
      <Icon size={size} strokeWidth={1.8} aria-hidden="true" />
    </button>
  );
}
