import { useNavigate, useSearch } from "@tanstack/react-router";

/** A page's filters in its address: `filter.q`, `set({ q: "x" })`. Empty ones are left out. */
export function useUrlFilter(): [
  Record<string, string | undefined>,
  (change: Record<string, string>) => void,
] {
  const filter: Record<string, string | undefined> = useSearch({ strict: false });
  const navigate = useNavigate();
  const set = (change: Record<string, string>) => {
    const next = Object.entries({ ...filter, ...change }).filter(
      ([, value]) => value !== "" && value !== undefined,
    );
    // Typing is one step of the way back, not one a letter.
    void navigate({ to: ".", search: Object.fromEntries(next) as never, replace: true });
  };
  return [filter, set];
}
