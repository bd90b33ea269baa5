import { useSession } from "@/lib/session";
import type { Permission } from "@/lib/wire/openapi.gen";

/** What a person may do decides what is shown; the server decides what happens. */
export function useMay(permission: Permission): boolean {
  return useSession().permissions.includes(permission);
}
