import { Fragment, useMemo, type ReactNode } from "react";
import { parseText, type Block, type Inline } from "./text-format";
import classes from "./formatted-text.module.css";

interface FormattedTextProps {
  body: string;
  /** Stands at the end of the last line if it fits there: the time and the ticks. */
  trailing?: ReactNode;
}

/** A text with WhatsApp's formatting. Everything is a React text node: no markup of a customer is ever interpreted. */
export function FormattedText({ body, trailing }: FormattedTextProps) {
  const blocks = useMemo(() => parseText(body), [body]);
  const endsInParagraph = blocks.at(-1)?.type === "paragraph";
  return (
    <div className={classes.text} dir="auto">
      {blocks.map((block, index) => (
        <BlockView key={index} block={block} trailing={endsInParagraph && index === blocks.length - 1 ? trailing : null} />
      ))}
      {endsInParagraph ? null : trailing}
    </div>
  );
}

function BlockView({ block, trailing }: { block: Block; trailing: ReactNode }) {
  switch (block.type) {
    case "paragraph":
      return (
        <p dir="auto">
          <InlineView parts={block.children} />
          {trailing}
        </p>
      );
    case "quote":
      return (
        <blockquote dir="auto">
          <Lines lines={block.lines} />
        </blockquote>
      );
    case "list": {
      const items = block.items.map((item, index) => (
        <li key={index} dir="auto">
          <InlineView parts={item} />
        </li>
      ));
      return block.ordered ? <ol start={block.start}>{items}</ol> : <ul>{items}</ul>;
    }
    case "mono":
      return <pre dir="auto">{block.text}</pre>;
    case "blank":
      return <br />;
  }
}

function Lines({ lines }: { lines: Inline[][] }) {
  return lines.map((line, index) => (
    <Fragment key={index}>
      {index > 0 && <br />}
      <InlineView parts={line} />
    </Fragment>
  ));
}

function InlineView({ parts }: { parts: Inline[] }) {
  return parts.map((part, index) => <InlinePart key={index} part={part} />);
}

function InlinePart({ part }: { part: Inline }) {
  switch (part.type) {
    case "text":
      return part.text;
    case "bold":
      return (
        <strong>
          <InlineView parts={part.children} />
        </strong>
      );
    case "italic":
      return (
        <em>
          <InlineView parts={part.children} />
        </em>
      );
    case "strike":
      return (
        <s>
          <InlineView parts={part.children} />
        </s>
      );
    case "code":
      return <code>{part.text}</code>;
    case "link":
      return (
        <a href={part.href} target="_blank" rel="noopener noreferrer nofollow">
          {part.text}
        </a>
      );
  }
}
