/** Rules of inbox/identity for a new password, as far as a browser can tell; the list of common ones is the server's. */
export const PASSWORD_MIN = 10;
export const PASSWORD_MAX = 1000;

export type PasswordRule = "length" | "personal" | "simple";

/** How many different characters make a word out of "aaaaaaaaaa". */
const DIFFERENT_MIN = 5;
/** Shorter parts of a name are in too many words to be telling. */
const PERSONAL_MIN = 3;

function fold(text: string): string {
  return text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
}

/** More of it is one's own name or address than is not. */
function isPersonal(password: string, personal: readonly string[]): boolean {
  const folded = fold(password);
  const words = new Set(personal.flatMap((text) => fold(text).split(/[^\p{L}\p{N}]+/u)));
  const own = [...words].filter((word) => word.length >= PERSONAL_MIN && folded.includes(word));
  return own.reduce((sum, word) => sum + word.length, 0) * 2 > folded.length;
}

/** "abcdefghij", "9876543210", "qwertyuiop": long and known to everybody. */
function isRun(password: string): boolean {
  const text = fold(password);
  const rows = ["abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"];
  const both = [...rows, ...rows.map((row) => Array.from(row).reverse().join(""))];
  return both.some((row) => text.length > 3 && row.includes(text));
}

/** Which rules it breaks; `personal`: the person's name and e-mail. */
export function brokenRules(password: string, personal: readonly string[] = []): PasswordRule[] {
  const broken: PasswordRule[] = [];
  if (Array.from(password).length < PASSWORD_MIN) broken.push("length");
  if (isPersonal(password, personal)) broken.push("personal");
  if (password !== "" && (new Set(password).size < DIFFERENT_MIN || isRun(password))) broken.push("simple");
  return broken;
}

/** Bits above which guessing is out of reach of each level: online, of a stolen hash, of a state. */
const LEVELS = [36, 50, 66] as const;

/** 0 (refused) to 4: an estimate from length, variety and repetition, which shows a direction, not a proof. */
export function passwordStrength(password: string, personal: readonly string[] = []): 0 | 1 | 2 | 3 | 4 {
  if (password === "" || brokenRules(password, personal).length > 0) return 0;
  const alphabet = [
    [/\p{Ll}/u, 26],
    [/\p{Lu}/u, 26],
    [/\p{N}/u, 10],
    [/\s/u, 1],
    [/[^\p{L}\p{N}\s]/u, 32],
  ] as const;
  const size = alphabet.reduce((sum, [pattern, count]) => sum + (pattern.test(password) ? count : 0), 0);
  // A repeated character adds little: it counts by a third.
  const different = new Set(password).size;
  const bits = (different + (password.length - different) / 3) * Math.log2(Math.max(size, 10));
  return (1 + LEVELS.filter((level) => bits >= level).length) as 1 | 2 | 3 | 4;
}
