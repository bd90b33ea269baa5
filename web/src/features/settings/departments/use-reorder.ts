import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { orderDepartments, useRefreshDepartments } from "@/features/settings/departments/api";
import { inOrder, moved, placed } from "@/features/settings/departments/order";
import { keys } from "@/lib/api/queries";
import { showToast } from "@/lib/toasts";
import { useProblemText } from "@/lib/use-problem-text";
import type { DepartmentView } from "@/lib/wire/openapi.gen";

interface Reorder {
  busy: boolean;
  /** The list after the move, at once; what the server thinks of it arrives later. */
  move: (id: string, by: -1 | 1) => DepartmentView[];
}

/** Moves a department among the others: shown at once, told to the server, put right when it refuses. */
export function useReorder(departments: readonly DepartmentView[]): Reorder {
  const cache = useQueryClient();
  const refresh = useRefreshDepartments();
  const problemText = useProblemText();
  const [busy, setBusy] = useState(false);
  const isSaving = useRef(false);

  const save = async (ids: string[]) => {
    try {
      cache.setQueryData(keys.departments, await orderDepartments(ids));
    } catch (error) {
      showToast(problemText(error), "trouble");
      await refresh();
    } finally {
      isSaving.current = false;
      setBusy(false);
    }
  };

  return {
    busy,
    move: (id, by) => {
      const ordered = inOrder(departments);
      // Two moves at once would overtake each other.
      if (isSaving.current) return ordered;
      const wanted = moved(ordered, id, by);
      if (wanted.every((one, index) => one === ordered[index])) return wanted;
      isSaving.current = true;
      setBusy(true);
      cache.setQueryData<DepartmentView[]>(keys.departments, (all) => all && placed(all, wanted));
      void save(wanted.map((one) => one.id));
      return wanted;
    },
  };
}
