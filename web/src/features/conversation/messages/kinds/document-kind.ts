/** What sort of paper a file is. Pure. */

export type DocumentKind = "pdf" | "sheet" | "text" | "slides" | "archive" | "picture" | "sound" | "film" | "file";

const BY_ENDING = new Map<string, DocumentKind>([
  ...group("sheet", ["xls", "xlsx", "ods", "csv"]),
  ...group("text", ["doc", "docx", "odt", "rtf", "txt", "md"]),
  ...group("slides", ["ppt", "pptx", "odp"]),
  ...group("archive", ["zip", "rar", "7z", "gz", "tar"]),
  ...group("picture", ["png", "jpg", "jpeg", "webp", "heic", "gif", "svg"]),
  ...group("sound", ["mp3", "ogg", "wav", "m4a"]),
  ...group("film", ["mp4", "mov", "avi", "mkv"]),
  ["pdf", "pdf"],
]);

function group(kind: DocumentKind, endings: string[]): [string, DocumentKind][] {
  return endings.map((ending) => [ending, kind]);
}

/** The ending in capitals as it stands on the card ("PDF"); empty when the name has none. */
export function documentEnding(fileName: string | null): string {
  return /\.([a-z0-9]{1,5})$/i.exec(fileName ?? "")?.[1]?.toUpperCase() ?? "";
}

export function documentKind(fileName: string | null, mimeType: string): DocumentKind {
  const known = BY_ENDING.get(documentEnding(fileName).toLowerCase());
  if (known !== undefined) return known;
  if (mimeType === "application/pdf") return "pdf";
  if (mimeType.startsWith("image/")) return "picture";
  if (mimeType.startsWith("audio/")) return "sound";
  if (mimeType.startsWith("video/")) return "film";
  if (/spreadsheet|excel|csv/.test(mimeType)) return "sheet";
  if (/presentation|powerpoint/.test(mimeType)) return "slides";
  if (/zip|compressed/.test(mimeType)) return "archive";
  return /word|text\//.test(mimeType) ? "text" : "file";
}
