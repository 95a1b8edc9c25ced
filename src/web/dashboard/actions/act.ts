import type { Change } from './change.ts';
import { keepKey, sessionKey } from './session-key.ts';

/** What came of a change, in words. */
export type Outcome =
  | { readonly done: true; readonly text: string }
  | { readonly done: false; readonly text: string; readonly hint: string | null };

/** A restart looks at the configuration and asks HAProxy before it answers. */
const PATIENCE_MS = 60_000;

/** Does it; never throws. A key that was refused is forgotten, so that nothing more is offered. */
export async function act({ path, body, said }: Change): Promise<Outcome> {
  try {
    const response = await fetch(path, {
      method: 'POST',
      headers: {
        'x-tidegate-key': sessionKey.value ?? '',
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const answer: unknown = await response.json();
    if (response.ok) return { done: true, text: said(answer) };
    const { code } = answer as { code?: string };
    if (code === 'KEY_REFUSED' || code === 'UNAUTHORIZED') keepKey(null);
    return refusalOf(response.status, answer);
  } catch {
    return UNANSWERED;
  }
}

/** The sentence and the hint of `problem+json`. */
export function refusalOf(status: number, problem: unknown): Outcome {
  const { detail, hint } = (problem ?? {}) as { detail?: unknown; hint?: unknown };
  return {
    done: false,
    text: typeof detail === 'string' ? detail : `The control plane answered ${status}.`,
    hint: typeof hint === 'string' ? hint : null,
  };
}

/** Why nothing can be done now, as a sentence; null: it can. */
export function whyNot(live: boolean, key: string | null): string | null {
  if (!live) return 'Nothing can be changed until the control plane answers again.';
  if (key === null)
    return 'This window can only look. A fresh link of tidegate dashboard, opened here, lets it act.';
  return null;
}

// Private

const UNANSWERED: Outcome = {
  done: false,
  text: 'The control plane did not answer, so it is not known whether this was done.',
  hint: 'See what the page shows when it is live again, then try once more.',
};
