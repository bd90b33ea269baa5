interface LogoProps {
  size?: number;
}

/** The mark: a P whose bowl is a speech bubble, with a line being said inside. */
export function LogoMark({ size = 32 }: LogoProps) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="9" fill="var(--accent)" />
      <path
        d="M9 25.6V14.3C9 10.3 12.2 7 16.2 7S23.4 10.3 23.4 14.3 20.2 21.6 16.2 21.6c-.9 0-1.8-.2-2.6-.5L9 25.6Z"
        fill="var(--on-accent)"
      />
      <circle cx="13.1" cy="14.3" r="1.35" fill="var(--accent)" />
      <circle cx="16.6" cy="14.3" r="1.35" fill="var(--accent)" />
      <circle cx="20.1" cy="14.3" r="1.35" fill="var(--accent)" opacity=".45" />
    </svg>
  );
}

export function Wordmark({ size = 28 }: LogoProps) {
  return (
    <span style={{ display: "inline-flex", alignItems: "center", gap: size / 3 }}>
      <LogoMark size={size} />
      <span style={{ fontSize: size * 0.8, fontWeight: 650, letterSpacing: "-0.02em", lineHeight: 1 }}>
        Prosa
      </span>
    </span>
  );
}
