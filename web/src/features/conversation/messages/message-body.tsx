import { Ban, PhoneCall, PhoneOff } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { MessageView } from "@/lib/wire/protocol.gen";
import type { MessageContent } from "./content";
import { AudioMessage } from "./kinds/audio-message";
import { ContactCards } from "./kinds/contact-cards";
import { DocumentCard } from "./kinds/document-card";
import { FormAnswers } from "./kinds/form-answers";
import { LocationCard } from "./kinds/location-card";
import { OrderCard } from "./kinds/order-card";
import { PictureMessage, type MediaProps } from "./kinds/picture-message";
import { StickerMessage } from "./kinds/sticker-message";
import { StructuredMessage } from "./kinds/structured-message";
import { TappedAnswer } from "./kinds/tapped-answer";
import { UnreadableNote } from "./kinds/unreadable-note";
import { UnsupportedNote } from "./kinds/unsupported-note";
import { VideoMessage } from "./kinds/video-message";
import type { MetaPlace } from "./message-meta";
import { TextBody } from "./text/text-body";
import classes from "./message-body.module.css";

interface MessageBodyProps {
  message: MessageView;
  content: MessageContent;
  /** Time and ticks, for the kinds that take them into their last line. */
  trailing: ReactNode;
  localMediaUrl?: string | undefined;
  onRetryMedia?: (() => void) | undefined;
}

/** Where the time goes, so that a bubble is never higher than it must be. */
export function metaPlaceOf(content: MessageContent): MetaPlace {
  switch (content.type) {
    case "text":
    case "tap":
    case "structured":
      return "trailing";
    case "picture":
    case "video":
      return content.caption === null ? "overlay" : "trailing";
    case "document":
      return content.caption === null ? "below" : "trailing";
    case "sticker":
      return "pill";
    default:
      return "below";
  }
}

/** The inside of a bubble, by kind. */
export function MessageBody({ message, content, trailing, localMediaUrl, onRetryMedia }: MessageBodyProps) {
  const media = { media: message.media, localUrl: localMediaUrl, onRetryMedia };
  switch (content.type) {
    case "text":
      return <TextBody body={content.body} jumbo trailing={trailing} />;
    case "picture":
      return (
        <Captioned caption={content.caption} trailing={trailing}>
          <PictureMessage messageId={message.id} caption={content.caption} {...media} />
        </Captioned>
      );
    case "video":
      return (
        <Captioned caption={content.caption} trailing={trailing}>
          <VideoMessage messageId={message.id} caption={content.caption} {...media} />
        </Captioned>
      );
    case "document":
      return (
        <Captioned caption={content.caption} trailing={trailing}>
          <DocumentCard {...media} />
        </Captioned>
      );
    case "sticker":
      return <StickerMessage {...media} />;
    case "audio":
      return <AudioMessage voice={content.voice} {...media} />;
    case "location":
      return <LocationCard {...content} />;
    case "contacts":
      return <ContactCards cards={content.cards} />;
    case "order":
      return <OrderCard items={content.items} text={content.text} />;
    case "tap":
      return <TappedAnswer {...content} trailing={trailing} />;
    case "form":
      return <FormAnswers answers={content.answers} />;
    case "callPermission":
      return <CallPermission accepted={content.accepted} permanent={content.permanent} />;
    case "structured":
      return (
        <StructuredMessage
          content={content}
          headerMedia={
            content.headerMedia !== null && message.media !== null ? (
              <HeaderMedia type={content.headerMedia} messageId={message.id} {...media} />
            ) : null
          }
          trailing={trailing}
        />
      );
    case "unsupported":
      return <UnsupportedNote originalType={content.originalType} details={content.details} />;
    case "unreadable":
      return <UnreadableNote />;
    case "revoked":
      return <DeletedNote byContact={message.direction === "in"} />;
    // Lines across the conversation: MessageItem draws them without a bubble.
    case "system":
    case "welcome":
    case "reaction":
      return null;
  }
}

interface CaptionedProps {
  caption: string | null;
  trailing: ReactNode;
  children: ReactNode;
}

function Captioned({ caption, trailing, children }: CaptionedProps) {
  return (
    <>
      {children}
      {caption !== null && (
        <div className={classes.caption}>
          <TextBody body={caption} trailing={trailing} />
        </div>
      )}
    </>
  );
}

type HeaderMediaProps = Omit<MediaProps, "caption"> & { type: "picture" | "video" | "document" };

function HeaderMedia({ type, ...media }: HeaderMediaProps) {
  if (type === "picture") return <PictureMessage caption={null} {...media} />;
  if (type === "video") return <VideoMessage caption={null} {...media} />;
  return <DocumentCard media={media.media} localUrl={media.localUrl} onRetryMedia={media.onRetryMedia} />;
}

export function DeletedNote({ byContact }: { byContact: boolean }) {
  const { t } = useTranslation("messages");
  return (
    <span className={classes.deleted}>
      <Ban size={14} aria-hidden />
      {t(byContact ? "deleted.byContact" : "deleted.byUs")}
    </span>
  );
}

function CallPermission({ accepted, permanent }: { accepted: boolean; permanent: boolean }) {
  const { t } = useTranslation("messages");
  const Icon = accepted ? PhoneCall : PhoneOff;
  const words = accepted ? (permanent ? "call.acceptedAlways" : "call.accepted") : "call.refused";
  return (
    <span className={classes.call}>
      <Icon size={16} aria-hidden />
      {t(words)}
    </span>
  );
}
