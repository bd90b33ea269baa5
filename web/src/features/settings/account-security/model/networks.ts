/**
 * Addresses and networks as people type them. The server decides; this says at once what is a slip, and whether the
 * address of whoever edits is inside.
 */
interface Parsed {
  family: 4 | 6;
  bits: bigint;
  prefix: number;
}

const WIDTH = { 4: 32, 6: 128 } as const;

export function parseNetwork(text: string): Parsed | null {
  const [address = "", prefixText, ...rest] = text.trim().split("/");
  if (rest.length > 0) return null;
  const family = address.includes(":") ? 6 : 4;
  const bits = family === 6 ? parseIpv6(address) : parseIpv4(address);
  if (bits === null) return null;
  const prefix = prefixText === undefined ? WIDTH[family] : parsePrefix(prefixText, WIDTH[family]);
  return prefix === null ? null : { family, bits, prefix };
}

/** The bits beside the network's: the server refuses a network that has any. */
export function hasHostBits({ family, bits, prefix }: Parsed): boolean {
  return bits !== networkBits({ family, bits, prefix });
}

/** The network that such an entry means: 203.0.113.7/24 → 203.0.113.0/24. */
export function networkOf(parsed: Parsed): string {
  const bits = networkBits(parsed);
  const address = parsed.family === 4 ? ipv4Text(bits) : ipv6Text(bits);
  return `${address}/${parsed.prefix}`;
}

export function contains(network: string, address: string): boolean {
  const outer = parseNetwork(network);
  const inner = parseNetwork(address);
  if (outer?.family !== inner?.family || outer === null || inner === null) return false;
  return networkBits(outer) === networkBits({ ...inner, prefix: outer.prefix });
}

const ORIGIN = /^https?:\/\/[^\s/@?#]+$/i;

/** As the server keeps it, or null for what is no origin. */
export function parseOrigin(text: string): string | null {
  const origin = text.trim().replace(/\/+$/, "").toLowerCase();
  return ORIGIN.test(origin) ? origin : null;
}

function networkBits({ family, bits, prefix }: Parsed): bigint {
  const host = BigInt(WIDTH[family] - prefix);
  return (bits >> host) << host;
}

function parsePrefix(text: string, width: number): number | null {
  if (!/^\d{1,3}$/.test(text)) return null;
  const prefix = Number(text);
  return prefix <= width ? prefix : null;
}

function parseIpv4(text: string): bigint | null {
  const parts = text.split(".");
  if (parts.length !== 4) return null;
  let bits = 0n;
  for (const part of parts) {
    // As Python's ipaddress: no leading zeros, which some read as octal.
    if (!/^(?:0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return null;
    bits = bits * 256n + BigInt(part);
  }
  return bits;
}

function parseIpv6(text: string): bigint | null {
  const halves = text.split("::");
  if (halves.length > 2) return null;
  const groups = halves.map((half) => (half === "" ? [] : half.split(":")));
  const [head = [], tail = []] = groups;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const all = [...head, ...Array.from({ length: missing }, () => "0"), ...tail];
  if (!all.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return null;
  return all.reduce((bits, group) => bits * 65_536n + BigInt(`0x${group}`), 0n);
}

function ipv4Text(bits: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => String((bits >> shift) & 255n)).join(".");
}

function ipv6Text(bits: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((bits >> BigInt(112 - 16 * index)) & 65_535n).toString(16),
  );
  return groups
    .join(":")
    .replace(/(?:^|:)0(?::0)+(?=:|$)/, ":")
    .replace(/^:(?!:)|(?<!:):$/, "::");
}
