import { useQuery } from "@tanstack/react-query";
import { rolesQuery } from "@/lib/api/company";
import { departmentsQuery, membersQuery } from "@/lib/api/queries";
import { useMay } from "@/lib/permissions";

/** What ids in entries are called today, as far as this person may know: people, departments, own roles. */
export function useNames(): ReadonlyMap<string, string> {
  const seesPeople = useMay("people.manage");
  const answers = useMay("inbox");
  const seesRoles = useMay("roles.manage");
  const { data: members = [] } = useQuery({ ...membersQuery, enabled: seesPeople || answers });
  const { data: departments = [] } = useQuery({ ...departmentsQuery, enabled: seesPeople || answers });
  const { data: roles = [] } = useQuery({
    ...rolesQuery,
    enabled: seesPeople || seesRoles,
  });
  return new Map([
    ...members.map(({ id, name }): [string, string] => [id, name]),
    ...departments.map(({ id, name }): [string, string] => [id, name]),
    ...roles.flatMap(({ role_id, name }): [string, string][] => (role_id === null ? [] : [[role_id, name]])),
  ]);
}
