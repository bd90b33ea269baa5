import { isRecord } from "@/lib/storage";
import type { Problem } from "@/lib/wire/protocol.gen";

/** The server said no, in the words of RFC 9457; `code` is what programs match on. */
export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail ?? problem.title);
    this.name = "ProblemError";
    this.problem = problem;
  }

  get code(): string {
    return this.problem.code;
  }

  get status(): number {
    return this.problem.status;
  }

  /** A named member beside the standard ones, e.g. `assignee_name` of `already_accepted`. */
  text(member: string): string | null {
    const value: unknown = this.problem[member];
    return typeof value === "string" ? value : null;
  }
}

/** The server was not reached, or did not answer in time: the same request may succeed later. */
export class UnreachableError extends Error {
  constructor(reason: "network" | "timeout" | "offline") {
    super(reason);
    this.name = "UnreachableError";
  }
}

/** Whether the same request may succeed later without anybody changing anything. */
export function isPassing(error: unknown): boolean {
  if (error instanceof UnreachableError) return true;
  return error instanceof ProblemError && (error.status >= 500 || error.status === 429);
}

export function isProblem(value: unknown): value is Problem {
  return (
    isRecord(value) &&
    typeof value.code === "string" &&
    typeof value.status === "number" &&
    typeof value.title === "string"
  );
}

/** The problem in an answer's body, or one made of its status. */
export function parseProblem(body: unknown, status: number): Problem {
  if (isProblem(body)) return body;
  return { type: "about:blank", title: `HTTP ${status}`, status, code: `http_${status}` };
}
