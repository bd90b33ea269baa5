import { Modal } from "@mantine/core";
import { useTranslation } from "react-i18next";
import styles from "@/app/shortcuts-dialog.module.css";
import { Kbd, MOD_KEY } from "@/components/kbd";
import { usePreference } from "@/lib/preferences";

export default function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("app");
  const sendWith = usePreference("sendWith");
  const sections = [
    {
      title: t("shortcuts.navigation"),
      rows: [
        [`${MOD_KEY}+K`, t("shortcuts.palette")],
        ["Alt+J", t("shortcuts.next")],
        ["Alt+K", t("shortcuts.previous")],
        ["Alt+E", t("shortcuts.close")],
        ["Esc", t("shortcuts.escape")],
        ["?", t("shortcuts.help")],
      ],
    },
    {
      title: t("shortcuts.writing"),
      rows: [
        ["Alt+L", t("shortcuts.reply")],
        [sendWith === "enter" ? "Enter" : `${MOD_KEY}+Enter`, t("shortcuts.send")],
        [sendWith === "enter" ? "Shift+Enter" : "Enter", t("shortcuts.newline")],
      ],
    },
  ] as const;
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("shortcuts.title")}
      size={460}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      {sections.map(({ title, rows }) => (
        <section key={title} className={styles.section}>
          <h3>{title}</h3>
          <dl>
            {rows.map(([combination, name]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>
                  <Kbd keys={combination} />
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Modal>
  );
}
