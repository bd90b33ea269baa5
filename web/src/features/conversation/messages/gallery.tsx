import { useState } from "react";
import { LightboxProvider } from "./lightbox-context";
import { MediaUrlContext } from "./media-url";
import { isGroupedWithPrevious } from "./message-facts";
import { MessageItem } from "./message-item";
import { DaySeparator, TicketSeparator, UnreadLine } from "./separators";
import { fixtureMediaUrl } from "./fixture-media";
import { fixtureGroups, fixtureViewer, type FixtureGroup } from "./fixtures";
import classes from "./gallery.module.css";

/** Every kind of message in every state, for looking at while building. Mounted in development and mock mode only. */
export function Gallery() {
  const [lastAction, setLastAction] = useState("");
  return (
    <MediaUrlContext value={fixtureMediaUrl}>
      <LightboxProvider>
        <main className={classes.gallery} aria-label="Messages">
          <p className={classes.action} aria-live="polite">
            {lastAction}
          </p>
          <section>
            <h2>Separators</h2>
            <DaySeparator at={new Date().toISOString()} />
            <DaySeparator at="2026-03-12T12:00:00Z" />
            <TicketSeparator protocol="20261123000042" event="opened" at="2026-11-23T12:00:00Z" departmentName="Vendas" />
            <TicketSeparator
              protocol="20261123000042"
              event="closed"
              at="2026-11-23T12:00:00Z"
              departmentName="Vendas"
              personName="Bruno Tavares"
            />
            <UnreadLine count={3} />
          </section>
          {fixtureGroups.map((group) => (
            <GroupView key={group.title} group={group} onAction={setLastAction} />
          ))}
        </main>
      </LightboxProvider>
    </MediaUrlContext>
  );
}

function GroupView({ group, onAction }: { group: FixtureGroup; onAction: (action: string) => void }) {
  return (
    <section>
      <h2>{group.title}</h2>
      {group.fixtures.map(({ title, message, authorName }, index) => (
        <div key={message.id} title={title}>
          <MessageItem
            message={message}
            groupedWithPrevious={isGroupedWithPrevious(group.fixtures[index - 1]?.message, message)}
            viewer={fixtureViewer}
            authorName={authorName}
            tabStop={index === 0}
            onReply={() => onAction(`reply: ${title}`)}
            onReact={(_, emoji) => onAction(`react ${emoji ?? "–"}: ${title}`)}
            onRetry={() => onAction(`retry: ${title}`)}
            onRetryMedia={() => onAction(`fetch again: ${title}`)}
            onQuoteClick={(quoted) => onAction(`quote: ${quoted.wamid}`)}
          />
        </div>
      ))}
    </section>
  );
}
