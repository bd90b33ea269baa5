import { X } from "lucide-react";
import { Suspense, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Avatar } from "@/components/avatar";
import { DepartmentDot } from "@/components/department-dot";
import { IconButton } from "@/components/icon-button";
import styles from "@/features/conversation/components/context-panel.module.css";
import { CopyValue } from "@/features/conversation/components/copy-value";
import type { MessageViewer } from "@/features/conversation/messages/message-viewer";
import { ContactPrivacy } from "@/features/conversation/privacy/parts";
import { PhoneFact } from "@/features/conversation/privacy/phone-fact";
import { elapsed, fullTime } from "@/lib/time/format";
import { useMediaQuery } from "@/lib/use-media-query";
import type { ConversationView, DepartmentView, TicketView } from "@/lib/wire/openapi.gen";

interface ContextPanelProps {
  conversation: ConversationView;
  departments: readonly DepartmentView[];
  viewer: MessageViewer;
  /** Beside the conversation, where there is room. */
  shown: boolean;
  /** Over the conversation, where there is none. */
  asked: boolean;
  onClose: () => void;
}

export function ContextPanel({
  conversation,
  departments,
  viewer,
  shown,
  asked,
  onClose,
}: ContextPanelProps) {
  const { t } = useTranslation("app");
  const { contact, number, current_ticket: current } = conversation;
  const isNarrow = useMediaQuery(NARROW);
  const earlier = conversation.tickets.filter((ticket) => ticket.id !== current?.id);
  return (
    <>
      {asked && (
        <button type="button" className={styles.scrim} aria-label={t("common.close")} onClick={onClose} />
      )}
      <aside
        className={styles.panel}
        aria-label={t("panel.label")}
        data-shown={shown || undefined}
        data-asked={asked || undefined}
      >
        <IconButton
          className={styles.close ?? ""}
          icon={X}
          label={t("conversation.hidePanel")}
          onClick={onClose}
        />
        <div className={styles.person}>
          <Avatar id={contact.id} name={contact.name} size={72} />
          <h2>{contact.name}</h2>
          {contact.profile_name !== "" && contact.profile_name !== contact.name && (
            <p>~ {contact.profile_name}</p>
          )}
        </div>
        <dl className={styles.facts}>
          <Fact name={t("panel.phone")}>
            <PhoneFact key={contact.id} contact={contact} />
          </Fact>
          {contact.username !== null && <Fact name={t("panel.username")}>@{contact.username}</Fact>}
          <Fact name={t("panel.number")}>
            {number.name}
            <small>{number.display_phone_number}</small>
          </Fact>
        </dl>
        {current && <TicketFacts ticket={current} departments={departments} viewer={viewer} />}
        <h3>{t("panel.history")}</h3>
        {earlier.length === 0 ? (
          <p className={styles.none}>{t("panel.noHistory")}</p>
        ) : (
          <ol className={styles.history}>
            {earlier.map((ticket) => (
              <EarlierTicket key={ticket.id} ticket={ticket} departments={departments} viewer={viewer} />
            ))}
          </ol>
        )}
        {(asked || (shown && !isNarrow)) && (
          <Suspense>
            <ContactPrivacy key={contact.id} contact={contact} />
          </Suspense>
        )}
      </aside>
    </>
  );
}

/** As in context-panel.module.css. */
const NARROW = "(max-width: 1240px)";

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

type TicketPartProps = Pick<ContextPanelProps, "departments" | "viewer"> & { ticket: TicketView };

function TicketFacts({ ticket, departments, viewer }: TicketPartProps) {
  const { t, i18n } = useTranslation("app");
  const department = departments.find((item) => item.id === ticket.department_id);
  const assignee =
    ticket.assignee_id === viewer.userId ? t("common.you") : viewer.nameOf(ticket.assignee_id ?? "");
  const answered =
    ticket.first_response_at === null
      ? null
      : Date.parse(ticket.first_response_at) - Date.parse(ticket.created_at);
  return (
    <>
      <h3>{t("panel.ticket")}</h3>
      <dl className={styles.facts}>
        <Fact name={t("panel.protocol")}>
          <CopyValue value={ticket.protocol} label={t("panel.copyProtocol")} />
        </Fact>
        <Fact name={t("panel.state")}>{t(`states.${ticket.state}`)}</Fact>
        {department && (
          <Fact name={t("panel.department")}>
            <DepartmentDot color={department.color} /> {department.name}
          </Fact>
        )}
        <Fact name={t("panel.assignee")}>{assignee ?? t("common.nobody")}</Fact>
        <Fact name={t("panel.opened")}>{fullTime(ticket.created_at, i18n.language)}</Fact>
        {answered !== null && <Fact name={t("panel.firstResponse")}>{elapsed(answered, "< 1 min")}</Fact>}
      </dl>
    </>
  );
}

function EarlierTicket({ ticket, departments, viewer }: TicketPartProps) {
  const { t, i18n } = useTranslation("app");
  const department = departments.find((item) => item.id === ticket.department_id);
  const who = ticket.assignee_id === null ? null : viewer.nameOf(ticket.assignee_id);
  return (
    <li>
      <span className={styles.historyHead}>
        <strong>{ticket.protocol}</strong>
        <time dateTime={ticket.created_at}>
          {fullTime(ticket.closed_at ?? ticket.created_at, i18n.language)}
        </time>
      </span>
      <span>
        {[department?.name, who, ticket.close_reason ?? t(`states.${ticket.state}`)]
          .filter(Boolean)
          .join(" · ")}
      </span>
    </li>
  );
}
