import { useQueryClient } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown } from "lucide-react";
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from "react";
import { useTranslation } from "react-i18next";
import { PresenceLine } from "@/features/conversation/components/presence-line";
import { TimelineRow } from "@/features/conversation/components/timeline-row";
import styles from "@/features/conversation/components/timeline.module.css";
import { loadOlder } from "@/features/conversation/api/history-query";
import type { MessageActions } from "@/features/conversation/hooks/use-message-actions";
import type { MessageViewer } from "@/features/conversation/messages/message-viewer";
import { estimateHeight, type TimelineItem } from "@/features/conversation/model/timeline";
import type { ConversationView, DepartmentView } from "@/lib/wire/openapi.gen";
import type { QuotedMessage } from "@/lib/wire/protocol.gen";

interface TimelineProps {
  items: readonly TimelineItem[];
  conversation: ConversationView;
  departments: readonly DepartmentView[];
  viewer: MessageViewer;
  actions: MessageActions;
  hasOlder: boolean;
  onAtEnd: (atEnd: boolean) => void;
}

/** Within this distance of the end one reads the newest message, and stays there when another comes. */
const END_PX = 96;
/** Older messages are asked for when so few rows are left above. */
const AHEAD = 8;
const HIGHLIGHT_MS = 1_600;
/** How far a jump to a quoted message goes back before giving up. */
const JUMP_PAGES = 6;

export function Timeline(props: TimelineProps) {
  const { items, conversation, departments, viewer, actions, hasOlder, onAtEnd } = props;
  const { t } = useTranslation("app");
  const scroller = useRef<HTMLDivElement>(null);
  const [seenLast, setSeenLast] = useState<string | null>(null);
  const [highlighted, setHighlighted] = useState<string | null>(null);
  const older = useOlder(conversation.id, hasOlder);

  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => estimateHeight(items[index]),
    getItemKey: (index) => items[index]?.key ?? index,
    overscan: 10,
    paddingStart: 20,
    paddingEnd: 14,
    // Older messages come in above without moving what is being read.
    anchorTo: "end",
    followOnAppend: true,
    scrollEndThreshold: END_PX,
  });
  const rows = virtualizer.getVirtualItems();
  const totalSize = virtualizer.getTotalSize();

  const { atEnd, noteScroll, stickToEnd } = useEnd(scroller, items.length > 0, totalSize, () =>
    virtualizer.scrollToEnd(),
  );
  useEffect(() => {
    onAtEnd(atEnd);
  }, [atEnd, onAtEnd]);
  useUnreadStart(items, (index) => virtualizer.scrollToIndex(index, { align: "start" }));

  const last = items.at(-1);
  const lastKey = last?.key ?? null;
  useEffect(() => {
    if (atEnd) setSeenLast(lastKey);
  }, [atEnd, lastKey]);

  // What one sends oneself is always followed.
  const ownPending = last?.type === "message" && last.entry !== null ? last.key : null;
  useEffect(() => {
    if (ownPending !== null) stickToEnd();
  }, [ownPending, stickToEnd]);

  const first = rows[0]?.index ?? 0;
  const { load, state: olderState } = older;
  useEffect(() => {
    if (first < AHEAD && items.length > 0) void load();
  }, [first, items.length, load]);

  const jumpTo = async (quoted: QuotedMessage) => {
    for (let page = 0; page <= JUMP_PAGES; page += 1) {
      const index = latestItems.current.findIndex(
        (item) => item.type === "message" && item.message.id === quoted.message_id,
      );
      if (index >= 0) {
        virtualizer.scrollToIndex(index, { align: "center" });
        setHighlighted(quoted.message_id);
        setTimeout(() => setHighlighted(null), HIGHLIGHT_MS);
        return;
      }
      if (!(await older.load())) return;
    }
  };
  const latestItems = useRef(items);
  useLayoutEffect(() => {
    latestItems.current = items;
  });
  const jumpRef = useRef(jumpTo);
  useEffect(() => {
    jumpRef.current = jumpTo;
  });
  const onQuoteClick = useCallback((quoted: QuotedMessage) => void jumpRef.current(quoted), []);

  const unseen = atEnd ? 0 : countAfter(items, seenLast);
  return (
    <div className={styles.frame}>
      {olderState !== "idle" && (
        <p className={styles.older} role="status">
          {olderState === "loading" ? (
            t("conversation.loadingOlder")
          ) : (
            <>
              {t("conversation.olderFailed")}{" "}
              <button type="button" onClick={() => void older.load()}>
                {t("common.retry")}
              </button>
            </>
          )}
        </p>
      )}
      <div
        ref={scroller}
        className={styles.scroller}
        onScroll={noteScroll}
        role="log"
        aria-label={t("conversation.messages")}
        aria-live="off"
        tabIndex={-1}
      >
        {items.length === 0 && <p className={styles.empty}>{t("conversation.empty")}</p>}
        <div className={styles.canvas} style={{ height: totalSize }}>
          {rows.map((row) => {
            const item = items[row.index];
            if (!item) return null;
            return (
              <div
                key={row.key}
                ref={virtualizer.measureElement}
                data-index={row.index}
                className={styles.row}
                style={{ transform: `translateY(${row.start}px)` }}
              >
                <TimelineRow
                  item={item}
                  departments={departments}
                  viewer={viewer}
                  actions={actions}
                  onQuoteClick={onQuoteClick}
                  highlighted={item.type === "message" && item.message.id === highlighted}
                  tabStop={row.index === items.length - 1}
                />
              </div>
            );
          })}
        </div>
      </div>
      {!atEnd && (
        <button
          type="button"
          className={styles.toEnd}
          data-new={unseen > 0 || undefined}
          onClick={stickToEnd}
        >
          <ArrowDown size={16} aria-hidden="true" />
          {unseen > 0 ? (
            t("conversation.newMessages", { count: unseen })
          ) : (
            <span className="visually-hidden">{t("conversation.toEnd")}</span>
          )}
        </button>
      )}
      <PresenceLine conversationId={conversation.id} viewer={viewer} />
    </div>
  );
}

function countAfter(items: readonly TimelineItem[], key: string | null): number {
  const index = items.findLastIndex((item) => item.key === key);
  return items.slice(index + 1).filter((item) => item.type === "message" && item.message.direction === "in")
    .length;
}

/**
 * Whether the end is in sight. While it is, the virtualiser keeps it there when rows grow or come; this adds what it
 * does not see: the first placing, and a pane that shrinks because the composer grows or a phone's keyboard opens.
 */
function useEnd(
  scroller: RefObject<HTMLDivElement | null>,
  filled: boolean,
  totalSize: number,
  scrollToEnd: () => void,
) {
  const [atEnd, setAtEnd] = useState(true);
  const near = useRef(true);
  const latest = useRef(scrollToEnd);
  useLayoutEffect(() => {
    latest.current = scrollToEnd;
  });

  const noteScroll = useCallback(() => {
    const element = scroller.current;
    if (!element) return;
    near.current = element.scrollHeight - element.scrollTop - element.clientHeight < END_PX;
    setAtEnd(near.current);
  }, [scroller]);
  useEffect(noteScroll, [noteScroll, totalSize]);

  const stickToEnd = useCallback(() => latest.current(), []);
  useLayoutEffect(() => {
    if (filled) latest.current();
  }, [filled]);

  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      if (near.current) latest.current();
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [scroller]);

  return { atEnd, noteScroll, stickToEnd };
}

/** More unread messages than a screen shows: reading begins at the first of them. */
const UNREAD_SCREEN = 12;

function useUnreadStart(items: readonly TimelineItem[], scrollTo: (index: number) => void): void {
  const placed = useRef(false);
  const unread = items.findIndex((item) => item.type === "unread");
  const far = unread >= 0 && items.length - unread > UNREAD_SCREEN;
  const latest = useRef(scrollTo);
  useLayoutEffect(() => {
    latest.current = scrollTo;
    if (!far || placed.current) return;
    placed.current = true;
    latest.current(unread);
  });
}

/** Fetches one page of older messages at a time. */
function useOlder(conversationId: string, hasOlder: boolean) {
  const cache = useQueryClient();
  const [state, setState] = useState<"idle" | "loading" | "failed">("idle");
  const running = useRef(false);
  const load = useCallback(async (): Promise<boolean> => {
    if (running.current || !hasOlder) return false;
    running.current = true;
    setState("loading");
    try {
      await loadOlder(cache, conversationId);
      setState("idle");
      return true;
    } catch {
      setState("failed");
      return false;
    } finally {
      running.current = false;
    }
  }, [cache, conversationId, hasOlder]);
  return { load, state };
}
