import { Modal } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { DepartmentDot } from "@/components/department-dot";
import styles from "@/features/conversation/components/dialog.module.css";
import { useTicketActions } from "@/features/conversation/hooks/use-ticket-actions";
import { departmentsQuery, membersQuery } from "@/lib/api/queries";
import type { TicketView } from "@/lib/wire/openapi.gen";

/** As TransferTicket.note of realtime/protocol.py. */
const NOTE_MAX = 1000;

export default function TransferDialog({ ticket, onClose }: { ticket: TicketView; onClose: () => void }) {
  const { t } = useTranslation("app");
  const actions = useTicketActions();
  const { data: all = [] } = useQuery(departmentsQuery);
  const departments = all.filter((department) => department.archived_at === null);
  const { data: members = [] } = useQuery(membersQuery);
  const [departmentId, setDepartmentId] = useState(
    departments.find((item) => item.id !== ticket.department_id)?.id ?? ticket.department_id,
  );
  const [assigneeId, setAssigneeId] = useState("");
  const [note, setNote] = useState("");
  const people = members.filter(
    (member) => member.department_ids.includes(departmentId) && member.id !== ticket.assignee_id,
  );

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const person = people.find((member) => member.id === assigneeId);
    const department = departments.find((item) => item.id === departmentId);
    const done = await actions.transfer(
      {
        ticket_id: ticket.id,
        department_id: departmentId,
        assignee_id: person?.id ?? null,
        note: note.trim() === "" ? null : note.trim(),
      },
      person?.name ?? department?.name ?? "",
    );
    if (done) onClose();
  };

  return (
    <Modal
      opened
      onClose={onClose}
      title={t("transferDialog.title")}
      size={460}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <form className={styles.form} onSubmit={(event) => void submit(event)}>
        <fieldset className={styles.choices}>
          <legend>{t("transferDialog.department")}</legend>
          {departments.map((department) => (
            <label key={department.id}>
              <input
                type="radio"
                name="department"
                checked={department.id === departmentId}
                onChange={() => {
                  setDepartmentId(department.id);
                  setAssigneeId("");
                }}
              />
              <DepartmentDot color={department.color} />
              {department.name}
            </label>
          ))}
        </fieldset>
        <label className={styles.label}>
          {t("transferDialog.person")}
          <select
            className={styles.input}
            value={assigneeId}
            onChange={(event) => setAssigneeId(event.target.value)}
          >
            <option value="">{t("transferDialog.anyone")}</option>
            {people.map((member) => (
              <option key={member.id} value={member.id}>
                {member.name} · {t(`account.${member.availability}`)}
              </option>
            ))}
          </select>
        </label>
        <label className={styles.label}>
          <span>
            {t("transferDialog.note")} <em>({t("common.optional")})</em>
          </span>
          <textarea
            className={styles.input}
            rows={3}
            maxLength={NOTE_MAX}
            value={note}
            placeholder={t("transferDialog.notePlaceholder")}
            onChange={(event) => setNote(event.target.value)}
          />
        </label>
        <footer className={styles.foot}>
          <Button variant="quiet" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" variant="primary" busy={actions.busy === "transfer_ticket"}>
            {t("transferDialog.submit")}
          </Button>
        </footer>
      </form>
    </Modal>
  );
}
