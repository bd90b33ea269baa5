/** Time zones of the IANA database, as the browser knows them. */

/** Brazil's zones of the IANA database: they stand first. */
const BRAZIL = [
  "America/Sao_Paulo",
  "America/Manaus",
  "America/Rio_Branco",
  "America/Noronha",
  "America/Araguaina",
  "America/Bahia",
  "America/Belem",
  "America/Boa_Vista",
  "America/Campo_Grande",
  "America/Cuiaba",
  "America/Eirunepe",
  "America/Fortaleza",
  "America/Maceio",
  "America/Porto_Velho",
  "America/Recife",
  "America/Santarem",
] as const;

/** The database writes in ASCII. */
const SPELLINGS: Partial<Record<string, string>> = {
  Sao_Paulo: "São Paulo, Brasília",
  Noronha: "Fernando de Noronha",
  Araguaina: "Araguaína",
  Belem: "Belém",
  Cuiaba: "Cuiabá",
  Eirunepe: "Eirunepé",
  Maceio: "Maceió",
  Santarem: "Santarém",
};

export function isBrazilian(zone: string): boolean {
  return BRAZIL.some((own) => own === zone);
}

/** `current` is always among them, also when this browser calls it by another name. */
export function zoneGroups(current: string): { brazil: readonly string[]; world: readonly string[] } {
  const known = new Set(Intl.supportedValuesOf("timeZone").filter((zone) => zone.includes("/")));
  known.add("UTC").add(current);
  for (const zone of BRAZIL) known.delete(zone);
  return { brazil: BRAZIL, world: [...known].sort() };
}

/** "America/Sao_Paulo" → "São Paulo, Brasília", "Europe/Lisbon" → "Europe · Lisbon". */
export function zoneLabel(zone: string): string {
  const [area = "", ...rest] = zone.split("/");
  const place = rest.at(-1);
  if (place === undefined) return zone;
  const name = SPELLINGS[place] ?? place.replaceAll("_", " ");
  return isBrazilian(zone) ? name : `${area} · ${name}`;
}

export function timeIn(zone: string, locale: string, at: Date): string {
  return new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", timeZone: zone }).format(at);
}

/** "2026-11-23": the calendar day in a zone. */
export function dayIn(zone: string, at: Date): string {
  return new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeZone: zone }).format(at);
}
