/** Reactions of one bubble, by emoji. Pure. */
import type { ReactionView } from "@/lib/wire/protocol.gen";

export interface ReactionGroup {
  emoji: string;
  reactors: string[];
}

/** The most frequent first; among equals the one that came first. */
export function reactionGroups(reactions: ReactionView[]): ReactionGroup[] {
  const groups = new Map<string, ReactionGroup>();
  for (const { emoji, reactor } of reactions) {
    const group = groups.get(emoji);
    if (group === undefined) groups.set(emoji, { emoji, reactors: [reactor] });
    else group.reactors.push(reactor);
  }
  return [...groups.values()].sort((left, right) => right.reactors.length - left.reactors.length);
}
