import type { vi } from "vitest";

/** The body of the last such request: undefined when there was none, null when it had no body. */
export function sent(api: ReturnType<typeof vi.fn>, method: string, path: string): unknown {
  const call = api.mock.calls.findLast(
    ([address, init]) =>
      String(address).endsWith(path) && (init as { method: string } | undefined)?.method === method,
  );
  if (call === undefined) return undefined;
  const { body } = call[1] as { body: string | null };
  return body === null ? null : (JSON.parse(body) as unknown);
}
