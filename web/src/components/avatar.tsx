import styles from "@/components/avatar.module.css";
import { hueOf, initialsOf } from "@/components/initials";

interface AvatarProps {
  /** Decides the hue: the same person has the same one everywhere. */
  id: string;
  name: string;
  size?: number;
  /** A dot of this person's availability. */
  availability?: "online" | "paused" | "offline" | undefined;
}

/** Initials on a stable hue. Decorative: the name stands beside it. */
export function Avatar({ id, name, size = 44, availability }: AvatarProps) {
  const hue = `var(--hue-${hueOf(id)})`;
  return (
    <span
      className={styles.avatar}
      style={{ width: size, height: size, fontSize: size * 0.36, "--hue": hue }}
      aria-hidden="true"
    >
      {initialsOf(name)}
      {availability && <span className={styles.dot} data-availability={availability} />}
    </span>
  );
}
