import { AccessToken } from "@/lib/http/access-token";
import { ProblemError, UnreachableError, parseProblem } from "@/lib/http/problem";

export const accessToken = new AccessToken();

const TIMEOUT_MS = 20_000;
/** The token was good, what was proven with it was not: asking again with a new one would count as another try. */
const REFUSED_PROOFS: readonly string[] = [
  "wrong_code",
  "challenge_over",
  "passkey_refused",
  "wrong_credentials",
];

type Query = Record<string, string | number | boolean | null | undefined>;

interface RequestOptions {
  body?: unknown;
  /** Instead of `body`: a form with a file. */
  form?: FormData;
  query?: Query;
  signal?: AbortSignal | undefined;
  /** Without a token: signing in and out. */
  anonymous?: boolean;
}

function address(path: string, query: Query | undefined): string {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(query ?? {})) {
    if (value !== null && value !== undefined && value !== "") parameters.set(key, String(value));
  }
  const text = parameters.toString();
  return `/api/v1${path}${text === "" ? "" : `?${text}`}`;
}

async function attempt(method: string, path: string, options: RequestOptions, token: string | null) {
  const headers = new Headers();
  if (token !== null) headers.set("Authorization", `Bearer ${token}`);
  if (options.body !== undefined) headers.set("Content-Type", "application/json");
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  try {
    return await fetch(address(path, options.query), {
      method,
      headers,
      credentials: "same-origin",
      body: options.form ?? (options.body === undefined ? null : JSON.stringify(options.body)),
      signal: options.signal ? AbortSignal.any([options.signal, timeout]) : timeout,
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new UnreachableError(timeout.aborted ? "timeout" : "network");
  }
}

function bodyOf(answer: Response): Promise<unknown> {
  return answer.status === 204 ? Promise.resolve(null) : answer.json().catch(() => null);
}

/**
 * One request to /api/v1. The caller names the type that the OpenAPI description promises for it; this is the parsed
 * boundary. Throws ProblemError for an answer that is no success, UnreachableError for none.
 */
export async function request<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
  let token = options.anonymous ? null : await accessToken.fresh();
  let answer = await attempt(method, path, options, token);
  let body = await bodyOf(answer);
  if (answer.status === 401 && token !== null && !REFUSED_PROOFS.includes(parseProblem(body, 401).code)) {
    token = await accessToken.replace(token);
    answer = await attempt(method, path, options, token);
    body = await bodyOf(answer);
  }
  if (!answer.ok) throw new ProblemError(parseProblem(body, answer.status));
  return body as T;
}

/** Uploads one file with progress, which fetch cannot tell. */
export async function upload<T>(
  path: string,
  file: Blob,
  fileName: string,
  fields: Record<string, string | boolean>,
  onProgress: (share: number) => void,
): Promise<T> {
  const token = await accessToken.fresh();
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, String(value));
  form.append("file", file, fileName);
  return new Promise<T>((resolve, reject) => {
    const call = new XMLHttpRequest();
    call.open("POST", address(path, undefined));
    call.setRequestHeader("Authorization", `Bearer ${token}`);
    call.responseType = "json";
    call.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    };
    call.onload = () => {
      const body: unknown = call.response;
      if (call.status >= 200 && call.status < 300) resolve(body as T);
      else reject(new ProblemError(parseProblem(body, call.status)));
    };
    call.onerror = () => reject(new UnreachableError("network"));
    call.send(form);
  });
}

/** A file behind the token, as bytes. No time limit: it takes as long as its size does. */
export async function fetchFile(path: string): Promise<Blob> {
  const ask = (token: string) =>
    fetch(address(path, undefined), {
      headers: { Authorization: `Bearer ${token}` },
      credentials: "same-origin",
    }).catch(() => {
      throw new UnreachableError("network");
    });
  let token = await accessToken.fresh();
  let answer = await ask(token);
  if (answer.status === 401) {
    token = await accessToken.replace(token);
    answer = await ask(token);
  }
  if (!answer.ok) throw new ProblemError(parseProblem(await bodyOf(answer), answer.status));
  try {
    return await answer.blob();
  } catch {
    throw new UnreachableError("network");
  }
}
