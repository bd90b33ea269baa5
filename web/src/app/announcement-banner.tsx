import { useQuery } from "@tanstack/react-query";
import { Megaphone, TriangleAlert, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import styles from "@/app/banner.module.css";
import { productQuery } from "@/lib/api/queries";
import { readStored, writeStored } from "@/lib/storage";

const DISMISSED = "prosa.dismissed-announcement";

/** What whoever runs the installation tells everybody: until dismissed on this device, or another one comes. */
export function AnnouncementBanner() {
  const { t } = useTranslation("app");
  const { data: product } = useQuery(productQuery);
  const [dismissed, setDismissed] = useState(() => readStored(DISMISSED));
  const banner = product?.banner ?? null;
  if (banner === null || banner.text === dismissed) return null;
  const tone = banner.level ?? "info";
  const Icon = tone === "info" ? Megaphone : TriangleAlert;
  return (
    <div className={styles.banner} data-tone={tone} role="status" data-testid="announcement">
      <Icon size={17} aria-hidden="true" />
      <span>{banner.text}</span>
      <button
        type="button"
        className={styles.dismiss}
        aria-label={t("announcement.dismiss")}
        onClick={() => {
          writeStored(DISMISSED, banner.text);
          setDismissed(banner.text);
        }}
      >
        <X size={16} aria-hidden="true" />
      </button>
    </div>
  );
}
