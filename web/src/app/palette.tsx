import "@mantine/spotlight/styles.layer.css";

import { createSpotlight, Spotlight } from "@mantine/spotlight";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import {
  Keyboard,
  LogOut,
  MessagesSquare,
  Moon,
  Search,
  Sun,
  SunMoon,
  UserCheck,
  UserX,
  Volume2,
  VolumeX,
  type LucideIcon,
} from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAvailability } from "@/app/use-availability";
import { Avatar } from "@/components/avatar";
import { fetchTicketPage, TICKET_LISTS } from "@/lib/api/queries";
import { changePreferences, usePreference } from "@/lib/preferences";
import { signOut } from "@/lib/session";

interface Command {
  id: string;
  label: string;
  icon: LucideIcon;
  run: () => void;
}

const [store, spotlight] = createSpotlight();
/** The server is asked for names from here on, once the typing pauses. */
const SEARCH_FROM = 2;
const PAUSE_MS = 180;
const MOST_FOUND = 6;

function usePaused(value: string): string {
  const [paused, setPaused] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setPaused(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return paused;
}

function fold(text: string): string {
  return text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
}

/** Ctrl/⌘+K: every conversation, list and setting, a few letters away. */
export default function Palette({ onClose, onShortcuts }: { onClose: () => void; onShortcuts: () => void }) {
  const { t } = useTranslation("app");
  const navigate = useNavigate();
  const [q, setQ] = useState("");
  const asked = usePaused(q.trim());
  const commands = useCommands(onShortcuts);
  const { data: found } = useQuery({
    queryKey: ["palette", asked],
    queryFn: ({ signal }) =>
      fetchTicketPage({ view: "all", q: asked, unread: false, departmentId: null }, null, signal),
    enabled: asked.length >= SEARCH_FROM,
    staleTime: 5_000,
    placeholderData: (previous) => previous,
  });

  useEffect(() => {
    spotlight.open();
  }, []);

  const needle = fold(q.trim());
  const matching = commands.filter((command) => fold(command.label).includes(needle));
  const tickets = needle.length >= SEARCH_FROM ? (found?.items ?? []).slice(0, MOST_FOUND) : [];

  return (
    <Spotlight.Root
      styles={{ search: { borderBottomColor: "var(--line)" } }}
      store={store}
      query={q}
      onQueryChange={setQ}
      onSpotlightClose={onClose}
      shortcut={null}
      radius={16}
      size={560}
      overlayProps={{ blur: 0, color: "var(--scrim)", backgroundOpacity: 1 }}
    >
      <Spotlight.Search placeholder={t("palette.placeholder")} leftSection={<Search size={18} />} />
      <Spotlight.ActionsList>
        {tickets.length > 0 && (
          <Spotlight.ActionsGroup label={t("palette.conversations")}>
            {tickets.map((ticket) => (
              <Spotlight.Action
                key={ticket.id}
                leftSection={<Avatar id={ticket.contact.id} name={ticket.contact.name} size={30} />}
                label={ticket.contact.name}
                description={[ticket.contact.phone, ticket.protocol].filter(Boolean).join(" · ")}
                onClick={() =>
                  void navigate({
                    to: "/inbox/$view/$conversationId",
                    params: { view: "all", conversationId: ticket.conversation_id },
                  })
                }
              />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {matching.map(({ id, label, icon: Icon, run }) => (
          <Spotlight.Action
            key={id}
            leftSection={<Icon size={18} strokeWidth={1.8} />}
            label={label}
            onClick={run}
          />
        ))}
        {matching.length === 0 && tickets.length === 0 && (
          <Spotlight.Empty>{t("palette.nothing")}</Spotlight.Empty>
        )}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}

function useCommands(onShortcuts: () => void): Command[] {
  const { t } = useTranslation("app");
  const navigate = useNavigate();
  const sound = usePreference("sound");
  const setAvailability = useAvailability();
  const views = TICKET_LISTS.map((view) => ({
    id: view,
    label: t("palette.goTo", { view: t(`views.${view}`) }),
    icon: MessagesSquare,
    run: () => void navigate({ to: "/inbox/$view", params: { view } }),
  }));
  return [
    ...views,
    {
      id: "online",
      label: t("palette.available"),
      icon: UserCheck,
      run: () => void setAvailability("online", null),
    },
    {
      id: "offline",
      label: t("palette.offline"),
      icon: UserX,
      run: () => void setAvailability("offline", null),
    },
    {
      id: "light",
      label: t("palette.themeLight"),
      icon: Sun,
      run: () => changePreferences({ theme: "light" }),
    },
    {
      id: "dark",
      label: t("palette.themeDark"),
      icon: Moon,
      run: () => changePreferences({ theme: "dark" }),
    },
    {
      id: "auto",
      label: t("palette.themeAuto"),
      icon: SunMoon,
      run: () => changePreferences({ theme: "auto" }),
    },
    {
      id: "sound",
      label: t(sound ? "palette.soundOff" : "palette.soundOn"),
      icon: sound ? VolumeX : Volume2,
      run: () => changePreferences({ sound: !sound }),
    },
    { id: "shortcuts", label: t("palette.shortcuts"), icon: Keyboard, run: onShortcuts },
    { id: "sign-out", label: t("palette.signOut"), icon: LogOut, run: () => void signOut() },
  ];
}
