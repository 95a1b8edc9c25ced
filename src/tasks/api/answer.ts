/** What a request is answered with. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | string | null;
}

/** What goes beside a problem. */
export interface ProblemDetails {
  readonly headers?: Readonly<Record<string, string>>;
  readonly hint?: string | undefined;
  /** Each thing that is wrong, as a sentence. */
  readonly errors?: readonly string[];
}

export function json(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json', ...NO_STORE, ...headers },
    body: JSON.stringify(value),
  };
}

/** An `application/problem+json` with a stable code and a sentence. */
export function problem(
  status: number,
  code: string,
  detail: string,
  { headers = {}, hint, errors }: ProblemDetails = {},
): Answer {
  const slug = code.toLowerCase().replaceAll('_', '-');
  const frame = { type: `urn:tidegate:problem:${slug}`, title: slug.replaceAll('-', ' ') };
  return {
    status,
    headers: { 'content-type': 'application/problem+json', ...NO_STORE, ...headers },
    body: JSON.stringify({ ...frame, status, detail, code, hint, errors }),
  };
}

// Private

const NO_STORE = { 'cache-control': 'no-store' } as const;
