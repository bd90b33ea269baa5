/**
 * Web addresses, e-mail addresses and telephone numbers inside a text. Pure. Whatever becomes an `href` is http(s), mailto
 * or tel, so a customer cannot make an operator run a script by a click.
 */

export interface FoundLink {
  text: string;
  href: string;
  end: number;
}

const WEB_ADDRESS = /(?:https?:\/\/|www\.)[^\s<>"'`]+/iy;
const EMAIL_ADDRESS = /[\w.+-]{1,64}@(?:[a-z0-9-]{1,63}\.){1,5}[a-z]{2,24}(?![\w-])/iy;
// Bare domains only under endings that Brazilian customers really write; "foi.Depois" must not become a link.
const BARE_DOMAIN =
  /(?:[a-z0-9-]{1,63}\.){1,4}(?:com|br|net|org|io|app|dev|me|shop|store|online|site|link|ly)(?![\w-])(?:\/[^\s<>"'`]*)?/iy;
// International with "+", or Brazilian with area code and a hyphen or brackets. Plain digits may be a CPF, an order or
// a bar code and are left alone.
const TELEPHONE = /\+\d[\d\s().-]{7,20}\d|\(\d{2}\)\s?9?\s?\d{4}[-\s]?\d{4}|\d{2}\s9?\d{4}-\d{4}/y;

const LINK_START = /[\w+(]/;
const DIGITS_MIN = 10;
const DIGITS_MAX = 15; // E.164

/** The link that starts exactly at `at`, if any. */
export function linkAt(line: string, at: number): FoundLink | null {
  if (!LINK_START.test(line.charAt(at)) || continuesWord(line[at - 1])) return null;
  const web = matchAt(WEB_ADDRESS, line, at);
  if (web !== null) return webLink(web, at);
  const email = matchAt(EMAIL_ADDRESS, line, at);
  if (email !== null) return { text: email, href: `mailto:${email}`, end: at + email.length };
  const bare = matchAt(BARE_DOMAIN, line, at);
  if (bare !== null) return webLink(bare, at);
  const telephone = matchAt(TELEPHONE, line, at);
  return telephone === null ? null : telephoneLink(telephone, at, line[at + telephone.length]);
}

function webLink(matched: string, at: number): FoundLink | null {
  const text = withoutTrailingPunctuation(matched);
  const href = safeWebAddress(/^https?:\/\//i.test(text) ? text : `https://${text}`);
  return href === null ? null : { text, href, end: at + text.length };
}

function telephoneLink(text: string, at: number, next: string | undefined): FoundLink | null {
  const digits = text.replace(/\D/g, "");
  if (/[\p{L}\p{N}]/u.test(next ?? "") || digits.length < DIGITS_MIN || digits.length > DIGITS_MAX) return null;
  // Without a country code a number is read as Brazilian: this is where the customers are.
  const href = text.startsWith("+") ? `tel:+${digits}` : `tel:+55${digits}`;
  return { text, href, end: at + text.length };
}

/** The address if it is a well-formed http(s) one, else null. Everything that becomes an `href` goes through here. */
export function safeWebAddress(value: string): string | null {
  try {
    const url = new URL(value);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}

function matchAt(pattern: RegExp, line: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(line)?.[0] ?? null;
}

function continuesWord(before: string | undefined): boolean {
  return before !== undefined && /[\p{L}\p{N}@./-]/u.test(before);
}

function withoutTrailingPunctuation(address: string): string {
  let text = address;
  for (;;) {
    const last = text.at(-1);
    if (last === undefined) return text;
    if (/[.,;:!?*~_…]/.test(last)) text = text.slice(0, -1);
    else if (last === ")" && !text.includes("(")) text = text.slice(0, -1);
    else if (last === "]" && !text.includes("[")) text = text.slice(0, -1);
    else return text;
  }
}
