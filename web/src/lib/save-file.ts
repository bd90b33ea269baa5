/** Long enough for every browser to have begun to save; then the memory goes back. */
const KEPT_MS = 60_000;

/** Hands a file that is in memory to the browser's downloads. */
export function saveFile(file: Blob, name: string): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
}
