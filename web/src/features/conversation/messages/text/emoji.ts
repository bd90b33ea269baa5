/** Texts of nothing but emoji, which are drawn large. Pure. */

const PICTOGRAPH = String.raw`(?:\p{Emoji_Presentation}|\p{Extended_Pictographic}\uFE0F|\p{Extended_Pictographic}(?=\u200D))\p{Emoji_Modifier}?`;
const EMOJI = String.raw`(?:\p{Regional_Indicator}{2}|[0-9#*]\uFE0F?\u20E3|${PICTOGRAPH}(?:\u200D(?:\p{Extended_Pictographic}\uFE0F?\p{Emoji_Modifier}?))*)`;
const ONE_EMOJI = new RegExp(EMOJI, "gu");
const ONLY_EMOJI = new RegExp(String.raw`^(?:${EMOJI}\s*)+$`, "u");
// Three large ones, as on the phone; a family with skin tones takes up to 25 UTF-16 units.
const JUMBO_COUNT_MAX = 3;
const JUMBO_LENGTH_MAX = 80;

/** 1 to 3 when the text is only that many emoji (drawn large), else 0. */
export function jumboEmojiCount(body: string): number {
  const text = body.trim();
  if (text === "" || text.length > JUMBO_LENGTH_MAX || !ONLY_EMOJI.test(text)) return 0;
  const count = text.match(ONE_EMOJI)?.length ?? 0;
  return count <= JUMBO_COUNT_MAX ? count : 0;
}
