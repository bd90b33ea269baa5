import type { LucideIcon } from "lucide-react";
import type { ButtonHTMLAttributes, ReactNode, Ref } from "react";
import styles from "@/components/button.module.css";

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  variant?: "primary" | "soft" | "quiet" | "danger";
  icon?: LucideIcon;
  busy?: boolean;
  ref?: Ref<HTMLButtonElement>;
  children: ReactNode;
}

export function Button({
  variant = "soft",
  icon: Icon,
  busy = false,
  children,
  className,
  disabled,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={[styles.button, className].filter(Boolean).join(" ")}
      data-variant={variant}
      aria-busy={busy || undefined}
      disabled={disabled === true || busy}
    >
      {Icon && <Icon size={16} strokeWidth={2} aria-hidden="true" />}
      <span>{children}</span>
    </button>
  );
}
