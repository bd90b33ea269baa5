import { Mic, Paperclip, SendHorizontal, Smile } from "lucide-react";
import {
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
  type ClipboardEvent,
  type KeyboardEvent,
  type Ref,
} from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "@/components/icon-button";
import { MOD_KEY } from "@/components/kbd";
import { AttachmentTray } from "@/features/conversation/composer/attachment-tray";
import { ComposerNotice } from "@/features/conversation/composer/composer-notice";
import { DropZone } from "@/features/conversation/composer/drop-zone";
import { EmojiButton } from "@/features/conversation/composer/emoji-button";
import { takesCaption } from "@/features/conversation/composer/file-kind";
import { RecordingBar } from "@/features/conversation/composer/recording-bar";
import { ReplyBar } from "@/features/conversation/composer/reply-bar";
import styles from "@/features/conversation/composer/composer.module.css";
import { useAttachments } from "@/features/conversation/composer/use-attachments";
import { useDraft } from "@/features/conversation/composer/use-draft";
import { canRecord, useRecorder } from "@/features/conversation/composer/use-recorder";
import { useTypingSignal } from "@/features/conversation/composer/use-typing-signal";
import type { MessageViewer } from "@/features/conversation/messages/message-viewer";
import { composerMode, mayWrite } from "@/features/conversation/model/composer-mode";
import { useOutbox, useOutboxEntries } from "@/features/conversation/model/outbox-context";
import { useConnection } from "@/lib/live/live-context";
import { usePreference } from "@/lib/preferences";
import { useSession } from "@/lib/session";
import { showToast } from "@/lib/toasts";
import { useNow } from "@/lib/time/use-now";
import type { ConversationView } from "@/lib/wire/openapi.gen";
import type { MessageView } from "@/lib/wire/protocol.gen";

export interface ComposerHandle {
  focus: () => void;
}

interface ComposerProps {
  ref: Ref<ComposerHandle>;
  conversation: ConversationView;
  viewer: MessageViewer;
  replyTo: MessageView | null;
  onReplyDone: () => void;
  /** The ticket came to this person, by the button or by answering. */
  onAccepted: () => void;
}

/** As TextContent.body and MediaContent.caption of realtime/protocol.py. */
const TEXT_MAX = 4096;
const CAPTION_MAX = 1024;
/** From here on the remaining characters are shown. */
const COUNT_FROM = 200;
const TALLEST_PX = 200;

export function Composer({ ref, conversation, viewer, replyTo, onReplyDone, onAccepted }: ComposerProps) {
  const { t } = useTranslation("app");
  const session = useSession();
  const { status } = useConnection();
  const outbox = useOutbox();
  const waiting = useOutboxEntries().filter(
    (entry) => entry.conversationId === conversation.id && entry.state === "waiting",
  ).length;
  const [text, setText] = useDraft(conversation.id);
  const sendWith = usePreference("sendWith");
  const field = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const [emojiOpen, setEmojiOpen] = useState(false);
  const typing = useTypingSignal(conversation.id);
  const { attachments, add, remove, take } = useAttachments();
  const mode = composerMode(conversation, session, useNow(15_000));
  const writable = mayWrite(mode);

  useImperativeHandle(ref, () => ({ focus: () => field.current?.focus() }));

  useLayoutEffect(() => {
    const element = field.current;
    if (!element) return;
    element.style.height = "auto";
    element.style.height = `${Math.min(element.scrollHeight, TALLEST_PX)}px`;
  }, [text]);

  const done = () => {
    onReplyDone();
    typing.stopped();
    if (mode.kind === "queued" || mode.kind === "bot" || mode.kind === "closed") onAccepted();
  };
  const recorder = useRecorder(
    (file) => {
      outbox.queueFile(conversation.id, file, replyTo);
      done();
    },
    () => showToast(t("composer.microphoneDenied"), "trouble"),
  );

  const body = text.trim();
  const most = attachments.some(({ file }) => takesCaption(file.kind)) ? CAPTION_MAX : TEXT_MAX;
  const left = most - body.length;
  const sendable = writable && left >= 0 && (body !== "" || attachments.length > 0);

  const send = () => {
    if (!sendable) return;
    let caption = body;
    let quote = replyTo;
    for (const { file } of take()) {
      const captioned = takesCaption(file.kind) ? caption : "";
      if (captioned !== "") caption = "";
      outbox.queueFile(conversation.id, { ...file, caption: captioned }, quote);
      quote = null;
    }
    if (caption !== "") outbox.queue(conversation.id, { kind: "text", body: caption }, quote);
    setText("");
    done();
    field.current?.focus();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    // An input method uses Enter to choose a word.
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Escape" && replyTo !== null) {
      event.preventDefault();
      onReplyDone();
    }
    if (event.key !== "Enter" || event.shiftKey || event.altKey) return;
    const withMod = event.ctrlKey || event.metaKey;
    if (sendWith === "enter" || withMod) {
      event.preventDefault();
      send();
    }
  };

  const onPaste = (event: ClipboardEvent) => {
    const files = [...event.clipboardData.files];
    if (files.length === 0) return;
    event.preventDefault();
    void add(files);
  };

  const insert = (emoji: string) => {
    const element = field.current;
    const start = element?.selectionStart ?? text.length;
    const end = element?.selectionEnd ?? text.length;
    setText(text.slice(0, start) + emoji + text.slice(end));
    requestAnimationFrame(() => {
      element?.focus();
      element?.setSelectionRange(start + emoji.length, start + emoji.length);
    });
  };

  const placeholder =
    status === "offline"
      ? t("composer.placeholderOffline")
      : mode.kind === "queued"
        ? t("composer.placeholderQueued")
        : t(attachments.length > 0 && most === CAPTION_MAX ? "composer.caption" : "composer.placeholder");

  return (
    <footer className={styles.composer}>
      <ComposerNotice mode={mode} viewer={viewer} onAccepted={onAccepted} />
      {writable && (
        <DropZone onFiles={(files) => void add(files)}>
          {replyTo && <ReplyBar message={replyTo} viewer={viewer} onCancel={onReplyDone} />}
          <AttachmentTray attachments={attachments} onRemove={remove} />
          {recorder.state.phase === "recording" ? (
            <RecordingBar
              startedAt={recorder.state.startedAt}
              onSend={recorder.send}
              onDiscard={recorder.discard}
            />
          ) : (
            <div className={styles.line}>
              <EmojiButton opened={emojiOpen} onToggle={setEmojiOpen} onPick={insert} icon={Smile} />
              <IconButton
                icon={Paperclip}
                label={t("composer.attach")}
                onClick={() => picker.current?.click()}
              />
              <input
                ref={picker}
                type="file"
                multiple
                hidden
                data-testid="composer-file"
                onChange={(event) => {
                  void add([...(event.target.files ?? [])]);
                  event.target.value = "";
                  field.current?.focus();
                }}
              />
              <textarea
                ref={field}
                className={styles.field}
                data-testid="composer-input"
                rows={1}
                value={text}
                placeholder={placeholder}
                aria-label={t("composer.label")}
                title={sendWith === "enter" ? t("composer.hint") : t("composer.hintMod", { mod: MOD_KEY })}
                enterKeyHint={sendWith === "enter" ? "send" : "enter"}
                onChange={(event) => {
                  setText(event.target.value);
                  typing.typed();
                }}
                onKeyDown={onKeyDown}
                onPaste={onPaste}
                onBlur={typing.stopped}
              />
              {left < COUNT_FROM && (
                <span className={styles.count} data-over={left < 0 || undefined} aria-live="polite">
                  {left}
                  <span className="visually-hidden">
                    {left < 0 ? t("composer.tooLong", { count: -left }) : t("composer.left", { count: left })}
                  </span>
                </span>
              )}
              {body === "" && attachments.length === 0 && canRecord() ? (
                <IconButton icon={Mic} label={t("composer.voice")} onClick={recorder.start} />
              ) : (
                <IconButton
                  icon={SendHorizontal}
                  label={t("composer.send")}
                  tone="accent"
                  size={19}
                  disabled={!sendable}
                  data-testid="composer-send"
                  onClick={send}
                />
              )}
            </div>
          )}
        </DropZone>
      )}
      {waiting > 0 && status !== "live" && (
        <p className={styles.waiting} role="status">
          {t("composer.waitingForNetwork", { count: waiting })}
        </p>
      )}
    </footer>
  );
}
