/** The team and who is asked into it: /v1/team, /v1/members, /v1/invitations. */
import { queryOptions, useQueryClient } from "@tanstack/react-query";
import { companyKeys } from "@/lib/api/company";
import { keys } from "@/lib/api/queries";
import { request } from "@/lib/http/client";
import type {
  ChangeMemberBody,
  InvitationView,
  InviteBody,
  MemberView,
  TeamMemberView,
} from "@/lib/wire/openapi.gen";

export const peopleKeys = {
  team: ["team"] as const,
  invitations: ["invitations"] as const,
};

export const teamQuery = queryOptions({
  queryKey: peopleKeys.team,
  queryFn: ({ signal }) => request<TeamMemberView[]>("GET", "/team", { signal }),
});

export const invitationsQuery = queryOptions({
  queryKey: peopleKeys.invitations,
  queryFn: ({ signal }) => request<InvitationView[]>("GET", "/invitations", { signal }),
});

/** After one's own changes; what others do arrives with events (see useTeam). */
export function useRefreshPeople(): () => Promise<unknown> {
  const cache = useQueryClient();
  return () =>
    Promise.all(
      [peopleKeys.team, peopleKeys.invitations, keys.members, companyKeys.roles].map((queryKey) =>
        cache.invalidateQueries({ queryKey }),
      ),
    );
}

export function changeMember(id: string, change: ChangeMemberBody): Promise<MemberView> {
  return request<MemberView>("PATCH", `/members/${id}`, { body: change });
}

export function removeMember(id: string): Promise<null> {
  return request<null>("DELETE", `/members/${id}`);
}

export function endSessionsOf(id: string): Promise<null> {
  return request<null>("POST", `/members/${id}/end-sessions`);
}

export function resetSecondFactorOf(id: string): Promise<null> {
  return request<null>("POST", `/members/${id}/reset-second-factor`);
}

export function invite(invitation: InviteBody): Promise<InvitationView> {
  return request<InvitationView>("POST", "/invitations", { body: invitation });
}

export function resendInvitation(id: string): Promise<InvitationView> {
  return request<InvitationView>("POST", `/invitations/${id}/resend`);
}

export function revokeInvitation(id: string): Promise<null> {
  return request<null>("DELETE", `/invitations/${id}`);
}
