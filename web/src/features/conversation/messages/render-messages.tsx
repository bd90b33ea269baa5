/** Test set-up: messages with texts, theme and files, but without a server. */
import { MantineProvider } from "@mantine/core";
import { render, type RenderResult } from "@testing-library/react";
import i18next from "i18next";
import type { ReactElement } from "react";
import { I18nextProvider, initReactI18next } from "react-i18next";
import { en } from "@/lib/i18n/locales/en";
import { ptBR } from "@/lib/i18n/locales/pt-BR";
import { LightboxProvider } from "./lightbox-context";
import { MediaUrlContext } from "./media-url";
import { messagesEn } from "./messages.en";
import { messagesPtBr } from "./messages.pt-BR";
import { fixtureMediaUrl } from "./fixture-media";

export async function renderMessages(element: ReactElement, locale: "pt-BR" | "en" = "pt-BR"): Promise<RenderResult> {
  const i18n = i18next.createInstance();
  await i18n.use(initReactI18next).init({
    lng: locale,
    fallbackLng: false,
    defaultNS: "app",
    resources: { "pt-BR": { app: ptBR, messages: messagesPtBr }, en: { app: en, messages: messagesEn } },
    interpolation: { escapeValue: false },
  });
  return render(
    <I18nextProvider i18n={i18n}>
      <MantineProvider env="test">
        <MediaUrlContext value={fixtureMediaUrl}>
          <LightboxProvider>
            <main>{element}</main>
          </LightboxProvider>
        </MediaUrlContext>
      </MantineProvider>
    </I18nextProvider>,
  );
}
