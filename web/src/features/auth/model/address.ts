/** As far as it is worth looking: the mail that comes, or does not, knows better. */
export function isAddress(text: string): boolean {
  return /^\S+@\S+$/.test(text.trim());
}
