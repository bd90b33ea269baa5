import { useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { peopleKeys, teamQuery } from "@/features/settings/people/api";
import { withLive } from "@/features/settings/people/model";
import { membersQuery } from "@/lib/api/queries";
import type { TeamMemberView } from "@/lib/wire/openapi.gen";

interface Team {
  query: UseQueryResult<TeamMemberView[]>;
  rows: readonly TeamMemberView[];
}

/** The team as it is now: live events bring changes of members, and tell when somebody has come or gone. */
export function useTeam(): Team {
  const cache = useQueryClient();
  const query = useQuery(teamQuery);
  const { data: members } = useQuery(membersQuery);
  const { data: team } = query;
  const hasComeOrGone = useMemo(() => {
    if (team === undefined || members === undefined) return false;
    const active = team.filter(({ state }) => state === "active").map(({ member }) => member.id);
    const here = new Set(members.map((member) => member.id));
    return active.length !== here.size || active.some((id) => !here.has(id));
  }, [team, members]);
  // Once for each new list of members: where the two differ for longer, asking again and again would not help.
  useEffect(() => {
    if (!hasComeOrGone) return;
    void cache.invalidateQueries({ queryKey: peopleKeys.team });
    void cache.invalidateQueries({ queryKey: peopleKeys.invitations });
  }, [cache, hasComeOrGone, members]);
  const rows = useMemo(() => withLive(team ?? [], members ?? []), [team, members]);
  return { query, rows };
}
