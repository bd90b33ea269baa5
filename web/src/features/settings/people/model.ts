/** What the people page knows of people, without a screen. */
import type { MemberView, Role, RoleView, TeamMemberView } from "@/lib/wire/openapi.gen";

/** A role in a list of choices: built-in by its name, an own one by its id. */
export type RoleKey = string;

export function roleKey(of: { role: Role; role_id: string | null }): RoleKey {
  return of.role_id ?? of.role;
}

export function findRole(roles: readonly RoleView[], key: RoleKey): RoleView | undefined {
  return roles.find((role) => roleKey(role) === key);
}

/** Nobody changes who may do more than themselves. */
export function isBeyond(member: MemberView, own: readonly string[]): boolean {
  return member.permissions.some((permission) => !own.includes(permission));
}

/** Rows carry what only managers see; the live list knows better who they are by now. Equal versions: availability. */
export function withLive(
  team: readonly TeamMemberView[],
  members: readonly MemberView[],
): readonly TeamMemberView[] {
  const live = new Map(members.map((member) => [member.id, member]));
  return team.map((row) => {
    const member = live.get(row.member.id);
    return member !== undefined && member.version >= row.member.version ? { ...row, member } : row;
  });
}

export interface PeopleFilter {
  q: string;
  department: string;
  role: RoleKey;
}

function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

export function filterTeam(team: readonly TeamMemberView[], filter: PeopleFilter): TeamMemberView[] {
  const q = plain(filter.q.trim());
  return team.filter(
    ({ member }) =>
      (q === "" || plain(`${member.name} ${member.email}`).includes(q)) &&
      (filter.department === "" || member.department_ids.includes(filter.department)) &&
      (filter.role === "" || roleKey(member) === filter.role),
  );
}

/** One @ with something on both sides: whether it exists is what the mail finds out. As POST /v1/invitations. */
export function looksLikeEmail(text: string): boolean {
  return /^[^@\s]+@[^@\s]+$/.test(text);
}
