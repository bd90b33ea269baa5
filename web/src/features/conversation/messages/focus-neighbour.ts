/** Moves the focus to the message above (-1) or below (1). False at the ends. */
export function focusNeighbour(message: HTMLElement | null, step: -1 | 1): boolean {
  const list = message?.closest("[role='log'], [role='feed'], [role='list'], main") ?? document.body;
  const messages = [...list.querySelectorAll<HTMLElement>("[data-message-id]")];
  const index = messages.findIndex((element) => element === message);
  const next = index < 0 ? undefined : messages[index + step];
  next?.focus();
  return next !== undefined;
}
