import { useQuery } from "@tanstack/react-query";
import { Suspense, lazy, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import styles from "@/app/user-menu.module.css";
import { Avatar } from "@/components/avatar";
import { Popup } from "@/components/popup";
import { membersQuery } from "@/lib/api/queries";
import { useSession } from "@/lib/session";

const UserMenuPanel = lazy(() => import("@/app/user-menu-panel"));

export function UserMenu() {
  const { t } = useTranslation("app");
  const { user, permissions } = useSession();
  const hasInbox = permissions.includes("inbox");
  const { data: members } = useQuery({ ...membersQuery, enabled: hasInbox });
  const me = members?.find((member) => member.id === user.id);
  const [opened, setOpened] = useState(false);
  const trigger = useRef<HTMLButtonElement>(null);
  const availability = me?.availability ?? "offline";
  return (
    <>
      <button
        ref={trigger}
        type="button"
        className={styles.trigger}
        data-testid="user-menu"
        aria-label={[`${t("nav.account")}: ${user.name}`, hasInbox && t(`account.${availability}`)]
          .filter(Boolean)
          .join(", ")}
        aria-haspopup="dialog"
        aria-expanded={opened}
        onClick={() => setOpened(!opened)}
      >
        <Avatar id={user.id} name={user.name} size={38} availability={hasInbox ? availability : undefined} />
      </button>
      <Popup
        opened={opened}
        onClose={() => setOpened(false)}
        anchor={trigger}
        placement="right-end"
        width={288}
        role="dialog"
        label={t("nav.account")}
      >
        <Suspense fallback={<div style={{ height: 420 }} />}>
          <UserMenuPanel me={me} onDone={() => setOpened(false)} />
        </Suspense>
      </Popup>
    </>
  );
}
