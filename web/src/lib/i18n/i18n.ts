import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import type { Locale } from "@/lib/preferences";

type Loader = () => Promise<Record<string, object>>;

const loaders = new Map<Locale, Loader>();

/** app/ tells where the texts of a language are; they are loaded when that language is first used. */
export function registerLanguage(locale: Locale, load: Loader): void {
  loaders.set(locale, load);
}

/** The language of the device, as far as we speak it. */
export function deviceLocale(): Locale {
  return navigator.languages.some((tag) => tag.toLowerCase().startsWith("pt")) ||
    navigator.languages.length === 0
    ? "pt-BR"
    : "en";
}

async function load(locale: Locale): Promise<void> {
  if (i18next.hasResourceBundle(locale, "app")) return;
  const namespaces = (await loaders.get(locale)?.()) ?? {};
  for (const [namespace, words] of Object.entries(namespaces)) {
    i18next.addResourceBundle(locale, namespace, words);
  }
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
