import { bodyView } from './body-view.ts';
import type { RequestView } from './task.ts';

/** Who looks: senders see of the headers what tells of the body, since the rules of a route may have added what is not for them. */
export type Audience = 'sender' | 'operator';

export interface RequestRow {
  readonly headers: Readonly<Record<string, string>>;
  /** Null: none, or above what is shown. */
  readonly body: Buffer | null;
  readonly bytes: number;
}

/** What a task carries, without what looks like a secret. */
export function requestView({ headers, body, bytes }: RequestRow, audience: Audience): RequestView {
  const shown = Object.entries(headers)
    .filter(([name]) => audience === 'operator' || ABOUT_BODY.test(name))
    .map(([name, value]) => [name, SECRET.test(name) ? HIDDEN : value]);
  return {
    headers: Object.fromEntries(shown) as Record<string, string>,
    ...bodyView(body, headers),
    bytes,
  };
}

// Private

const HIDDEN = '(hidden)';
const ABOUT_BODY = /^content-/;
const SECRET = /auth|cookie|token|secret|passw|key|signature|credential|session|jwt|csrf/i;
