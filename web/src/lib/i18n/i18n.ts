import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import type { Locale } from "@/lib/preferences";

type Loader = () => Promise<Record<string, object>>;

type TextLoaders = Record<Locale, () => Promise<object>>;

const loaders = new Map<Locale, Loader>();
/** Texts of areas that not every visit needs, by namespace. */
const areas = new Map<string, TextLoaders>();
/** Those of them that are on some screen: another language brings them along. */
const wanted = new Set<string>();

/** app/ tells where the texts of a language are; they are loaded when that language is first used. */
export function registerLanguage(locale: Locale, load: Loader): void {
  loaders.set(locale, load);
}

/** app/ tells where the texts of an area are. */
export function registerTexts(namespace: string, texts: TextLoaders): void {
  areas.set(namespace, texts);
}

/** Before an area is shown: a route's loader awaits it. */
export async function loadTexts(...namespaces: string[]): Promise<void> {
  for (const namespace of namespaces) wanted.add(namespace);
  await load(i18next.language as Locale);
}

/** For tests, which render parts without their routes. */
export function loadAllTexts(): Promise<void> {
  return loadTexts(...areas.keys());
}

/** The language of the device, as far as we speak it. */
export function deviceLocale(): Locale {
  return navigator.languages.some((tag) => tag.toLowerCase().startsWith("pt")) ||
    navigator.languages.length === 0
    ? "pt-BR"
    : "en";
}

async function load(locale: Locale): Promise<void> {
  await Promise.all([loadBase(locale), ...[...wanted].map((namespace) => loadArea(locale, namespace))]);
}

async function loadBase(locale: Locale): Promise<void> {
  if (i18next.hasResourceBundle(locale, "app")) return;
  const namespaces = (await loaders.get(locale)?.()) ?? {};
  for (const [namespace, words] of Object.entries(namespaces)) {
    i18next.addResourceBundle(locale, namespace, words);
  }
}

async function loadArea(locale: Locale, namespace: string): Promise<void> {
  const texts = areas.get(namespace);
  if (texts === undefined || i18next.hasResourceBundle(locale, namespace)) return;
  i18next.addResourceBundle(locale, namespace, await texts[locale]());
}

export async function startI18n(locale: Locale): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: locale,
    fallbackLng: false,
    defaultNS: "app",
    resources: {},
    // React escapes already.
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
  });
  await switchLanguage(locale);
}

export async function switchLanguage(locale: Locale): Promise<void> {
  await load(locale);
  await i18next.changeLanguage(locale);
  document.documentElement.lang = locale;
}
