import { useTranslation } from "react-i18next";
import { ConfirmDialog } from "@/components/dialog";
import {
  endSessionsOf,
  removeMember,
  resetSecondFactorOf,
  useRefreshPeople,
} from "@/features/settings/people/api";
import type { PersonAction } from "@/features/settings/people/person-menu";
import { showToast } from "@/lib/toasts";
import type { MemberView } from "@/lib/wire/openapi.gen";

const DOES: Record<Exclude<PersonAction, "change">, (id: string) => Promise<null>> = {
  end: endSessionsOf,
  reset: resetSecondFactorOf,
  remove: removeMember,
};

interface PersonConfirmProps {
  member: MemberView;
  action: Exclude<PersonAction, "change">;
  onClose: () => void;
}

/** Asks before somebody is signed out, loses their second step, or leaves. */
export function PersonConfirm({ member, action, onClose }: PersonConfirmProps) {
  const { t } = useTranslation("people");
  const refresh = useRefreshPeople();
  const { name } = member;
  return (
    <ConfirmDialog
      title={t(`${action}.title`, { name })}
      body={t(`${action}.body`)}
      confirm={t(`${action}.confirm`)}
      onClose={onClose}
      onConfirm={async () => {
        await DOES[action](member.id);
        await refresh();
        showToast(t(`${action}.done`, { name }));
      }}
    />
  );
}
