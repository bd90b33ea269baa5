/** The beginning of long texts. Pure. */

// A screen of 900 px shows about 30 lines; a bubble longer than half of it is folded.
const FOLD_CHARACTERS = 900;
const FOLD_LINES = 16;
// Folding that hides only a few words helps nobody.
const FOLD_SLACK = 1.2;

/** The beginning of a long text, cut at a space; null when it is short enough to be shown whole. */
export function foldText(body: string): string | null {
  const lines = body.split("\n");
  const tooManyLines = lines.length > FOLD_LINES * FOLD_SLACK;
  if (body.length <= FOLD_CHARACTERS * FOLD_SLACK && !tooManyLines) return null;
  const start = (tooManyLines ? lines.slice(0, FOLD_LINES).join("\n") : body).slice(0, FOLD_CHARACTERS);
  const space = start.search(/\s\S*$/);
  // Never between the halves of a surrogate pair.
  const cut = space > FOLD_CHARACTERS / 2 ? start.slice(0, space) : start.replace(/[\uD800-\uDBFF]$/, "");
  return `${cut.trimEnd()}…`;
}
