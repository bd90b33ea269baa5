import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { Loaded } from "@/components/loaded";
import { numberUpdatesQuery } from "@/features/settings/numbers/api";
import { NoticeRow } from "@/features/settings/numbers/notice-row";
import styles from "@/features/settings/numbers/numbers.module.css";
import { DepartmentName, Health } from "@/features/settings/numbers/numbers-table";
import type { DepartmentView, NumberView } from "@/lib/wire/openapi.gen";

interface NumberDialogProps {
  number: NumberView;
  department: DepartmentView | undefined;
  onClose: () => void;
}

/** How a number does, and what Meta has said about it. */
export function NumberDialog({ number, department, onClose }: NumberDialogProps) {
  const { t } = useTranslation("numbers");
  const query = useInfiniteQuery(numberUpdatesQuery(number.id));
  return (
    <Dialog title={number.name} lead={number.display_phone_number} size={620} onClose={onClose}>
      <dl className={styles.facts}>
        <dt>{t("columns.health")}</dt>
        <dd>
          <Health lastWebhookAt={number.last_webhook_at} />
        </dd>
        <dt>{t("columns.department")}</dt>
        <dd>
          <DepartmentName department={department} />
        </dd>
        <dt>{t("columns.pace")}</dt>
        <dd>{t("pace", { count: number.messages_per_second })}</dd>
        <dt>{t("form.numberId")}</dt>
        <dd>
          <code>{number.phone_number_id}</code>
        </dd>
        <dt>{t("form.wabaId")}</dt>
        <dd>
          <code>{number.waba_id}</code>
        </dd>
      </dl>
      <h3 className={styles.heading}>{t("notices.title")}</h3>
      <Loaded query={query}>
        {({ pages }) =>
          pages.flat().length === 0 ? (
            <p className={styles.none}>{t("notices.none")}</p>
          ) : (
            <ul className={styles.notices}>
              {pages.flat().map((notice) => (
                <NoticeRow key={notice.id} notice={notice} />
              ))}
            </ul>
          )
        }
      </Loaded>
      {query.hasNextPage && (
        <Button variant="quiet" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t("notices.more")}
        </Button>
      )}
    </Dialog>
  );
}
