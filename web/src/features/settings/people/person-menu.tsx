import { LogOut, MoreHorizontal, ShieldOff, SlidersHorizontal, UserMinus } from "lucide-react";
import { useTranslation } from "react-i18next";
import { IconButton } from "@/components/icon-button";
import { Menu, type MenuSection } from "@/components/menu";
import { isBeyond } from "@/features/settings/people/model";
import { useSession } from "@/lib/session";
import type { TeamMemberView } from "@/lib/wire/openapi.gen";

/** What can be done with somebody; each opens a dialog of its own. */
export type PersonAction = "change" | "end" | "reset" | "remove";

interface PersonMenuProps {
  person: TeamMemberView;
  onAction: (action: PersonAction) => void;
}

export function PersonMenu({ person, onAction }: PersonMenuProps) {
  const { t } = useTranslation("people");
  const { t: forms } = useTranslation("forms");
  const session = useSession();
  const { member } = person;
  // One's own devices, second step and leaving are in one's own settings.
  const isOthers = member.id !== session.user.id && !isBeyond(member, session.permissions);
  const entry = (action: PersonAction, label: string, icon: typeof LogOut) => ({
    key: action,
    label,
    icon,
    onSelect: () => onAction(action),
  });
  const sections: MenuSection[] = [
    { key: "change", entries: [entry("change", t("menu.change"), SlidersHorizontal)] },
  ];
  if (isOthers) {
    const mayReset = person.second_factor && session.impersonated_by === null;
    sections.push(
      {
        key: "security",
        entries: [
          entry("end", t("menu.endSessions"), LogOut),
          ...(mayReset ? [entry("reset", t("menu.resetFactor"), ShieldOff)] : []),
        ],
      },
      { key: "remove", entries: [entry("remove", t("menu.remove"), UserMinus)] },
    );
  }
  return (
    <Menu
      label={forms("table.actions", { name: member.name })}
      sections={sections}
      trigger={(props) => (
        <IconButton icon={MoreHorizontal} label={forms("table.actions", { name: member.name })} {...props} />
      )}
    />
  );
}
