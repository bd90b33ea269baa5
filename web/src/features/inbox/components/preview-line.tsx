import {
  Ban,
  CircleHelp,
  FileText,
  Image,
  LockKeyhole,
  MapPin,
  Mic,
  MousePointerClick,
  Music,
  ShoppingBag,
  Smile,
  Sticker,
  UserRound,
  Video,
  type LucideIcon,
} from "lucide-react";
import { useTranslation } from "react-i18next";
import type { TicketView } from "@/lib/wire/openapi.gen";

const KINDS = {
  image: Image,
  video: Video,
  audio: Music,
  voice: Mic,
  document: FileText,
  sticker: Sticker,
  location: MapPin,
  contacts: UserRound,
  order: ShoppingBag,
  interactive: MousePointerClick,
  button: MousePointerClick,
  reaction: Smile,
  unsupported: CircleHelp,
  unreadable: LockKeyhole,
  deleted: Ban,
} as const satisfies Record<string, LucideIcon>;

function knownKind(kind: string | undefined): keyof typeof KINDS | null {
  return kind !== undefined && kind in KINDS ? (kind as keyof typeof KINDS) : null;
}

/** The newest message in one line: its words, else what it is. */
export function PreviewLine({ preview }: { preview: TicketView["preview"] }) {
  const { t } = useTranslation("app");
  const kind = knownKind(preview.kind);
  const Icon = kind === null ? null : KINDS[kind];
  const text = preview.text ?? "";
  const words = text === "" ? t(`kinds.${kind ?? "text"}`) : text;
  return (
    <>
      {Icon && <Icon size={14} strokeWidth={1.9} aria-hidden="true" style={{ flex: "none" }} />}
      <span>{words}</span>
    </>
  );
}
