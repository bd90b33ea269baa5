/** What an entry says was changed, as rows of a table. */
type Fields = Readonly<Record<string, unknown>> | null;

export interface Change {
  /** From the outermost field inwards. */
  path: readonly string[];
  before: unknown;
  after: unknown;
}

export function isEmptyValue(value: unknown): boolean {
  return (
    value === null ||
    value === undefined ||
    value === "" ||
    (Array.isArray(value) && value.length === 0) ||
    (isFields(value) && Object.keys(value).length === 0)
  );
}

/** Field by field, inner ones too. Fields that are empty before and after, or the same, say nothing. */
export function listChanges(before: Fields, after: Fields, path: readonly string[] = []): Change[] {
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  return [...names].flatMap((name) => {
    const was = before?.[name];
    const is = after?.[name];
    const inner = [...path, name];
    if ((isFields(was) || isFields(is)) && isFieldsOrEmpty(was) && isFieldsOrEmpty(is)) {
      return listChanges(isFields(was) ? was : null, isFields(is) ? is : null, inner);
    }
    if (isEmptyValue(was) && isEmptyValue(is)) return [];
    if (before !== null && after !== null && JSON.stringify(was) === JSON.stringify(is)) return [];
    return [{ path: inner, before: was, after: is }];
  });
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isFieldsOrEmpty(value: unknown): boolean {
  return value === null || value === undefined || isFields(value);
}
