/** Whether this browser can play a sound at all. Safari before 18.4 has no Ogg; WhatsApp's voice notes are Ogg Opus. */
export function canPlay(mimeType: string): boolean {
  if (mimeType === "") return true;
  return document.createElement("audio").canPlayType(mimeType) !== "";
}
