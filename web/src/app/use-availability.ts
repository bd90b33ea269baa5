import { useQueryClient } from "@tanstack/react-query";
import { keys } from "@/lib/api/queries";
import { useLive } from "@/lib/live/live-context";
import { useTroubleToast } from "@/lib/use-trouble-toast";
import type { MemberView } from "@/lib/wire/openapi.gen";

export function useAvailability() {
  const live = useLive();
  const cache = useQueryClient();
  const trouble = useTroubleToast();
  return async (availability: MemberView["availability"], pauseReason: string | null): Promise<void> => {
    try {
      const { member } = await live.send("set_availability", { availability, pause_reason: pauseReason });
      cache.setQueryData<MemberView[]>(keys.members, (members) =>
        members?.map((item) => (item.id === member.id && item.version < member.version ? member : item)),
      );
    } catch (error) {
      trouble(error);
    }
  };
}
