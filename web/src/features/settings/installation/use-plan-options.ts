import { useQuery } from "@tanstack/react-query";
import type { SelectOption } from "@/components/field";
import { usePlanName } from "@/components/usage/usage-cards";
import { plansQuery } from "@/features/settings/installation/api";

/** The plans of this installation to choose from; `current` too, should it be none of them any more. */
export function usePlanOptions(current: string): SelectOption[] {
  const planName = usePlanName();
  const { data: plans = [] } = useQuery(plansQuery);
  const names = plans.map(({ name }) => name);
  const shown = current === "" || names.includes(current) ? names : [current, ...names];
  return shown.map((name) => ({ value: name, label: planName(name) }));
}
