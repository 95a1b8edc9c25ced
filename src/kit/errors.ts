/** Exit codes of the commands; scripts rely on them. */
export const EXIT = { done: 0, failed: 1, usage: 2, unmet: 99, interrupted: 130 } as const;

export interface ErrorDetails {
  /** What to do about it: one imperative sentence, with the exact command where there is one. */
  readonly hint?: string;
  readonly exitCode?: (typeof EXIT)[keyof typeof EXIT];
  readonly cause?: unknown;
  /** Facts for `--json` and the API, never a secret. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** An error a person may see. The code is stable, the sentence human, the cause kept. */
export class TidegateError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly exitCode: number;
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'TidegateError';
    this.code = code;
    this.hint = details.hint;
    this.exitCode = details.exitCode ?? EXIT.failed;
    this.facts = details.facts ?? {};
  }
}

/** The sentence of anything thrown, with the sentences of its causes behind it. */
export function messageOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  if (thrown instanceof AggregateError) {
    return `${thrown.message}: ${thrown.errors.map(messageOf).join('; ')}`;
  }
  const cause = thrown.cause === undefined ? '' : `: ${messageOf(thrown.cause)}`;
  return `${thrown.message}${cause}`;
}

/** The `code` of a Node system error (`'ENOENT'`) or of a TidegateError, else undefined. */
export function codeOf(thrown: unknown): string | undefined {
  const code = (thrown as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}
