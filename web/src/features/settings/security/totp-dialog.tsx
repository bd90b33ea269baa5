import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Dialog } from "@/components/dialog";
import { Notice } from "@/components/notice";
import { RowsSkeleton } from "@/components/page-skeleton";
import { TotpSetup } from "@/components/totp-setup";
import { confirmTotp, startTotp } from "@/features/settings/api";
import { useProblemText } from "@/lib/use-problem-text";
import { useTask } from "@/lib/use-task";
import type { TotpSetupView } from "@/lib/wire/openapi.gen";

interface TotpDialogProps {
  onClose: () => void;
  /** With recovery codes when there were none before. */
  onDone: (recoveryCodes: readonly string[]) => void;
}

export function TotpDialog({ onClose, onDone }: TotpDialogProps) {
  const { t } = useTranslation("settings");
  const problemText = useProblemText();
  const task = useTask();
  const [setup, setSetup] = useState<TotpSetupView | null>(null);
  const [code, setCode] = useState("");
  const { run } = task;

  useEffect(() => {
    let current = true;
    void run(async () => {
      const started = await startTotp();
      if (current) setSetup(started);
    });
    return () => {
      current = false;
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once: every start makes a new secret
  }, []);

  const confirm = (typed: string) =>
    task.run(async () => {
      try {
        onDone((await confirmTotp(typed)).recovery_codes);
      } finally {
        setCode("");
      }
    });

  const trouble = task.error === null ? null : problemText(task.error);
  return (
    <Dialog title={t("security.setUpTitle")} onClose={onClose}>
      {setup === null ? (
        trouble === null ? (
          <RowsSkeleton />
        ) : (
          <Notice tone="danger">{trouble}</Notice>
        )
      ) : (
        <TotpSetup
          setup={setup}
          code={code}
          error={trouble}
          busy={task.busy}
          onCode={setCode}
          onComplete={(typed) => void confirm(typed)}
        />
      )}
    </Dialog>
  );
}
