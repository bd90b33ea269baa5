const HUES = 8;

/** FNV-1a: the hue must be the same on every device and after every reload. */
export function hueOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < id.length; index += 1) {
    hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % HUES;
}

/** "Maria da Silva" → "MS", "lia" → "L", "+55 11 …" → "#". */
export function initialsOf(name: string): string {
  const words = name.split(/\s+/).filter((word) => /^\p{L}/u.test(word));
  const first = words[0];
  if (first === undefined) return "#";
  const last = words.length > 1 ? words.at(-1) : undefined;
  const letters = [first, last].map((word) => Array.from(word ?? "")[0] ?? "");
  return letters.join("").toLocaleUpperCase();
}
