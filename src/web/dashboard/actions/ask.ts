import { signal } from '@preact/signals';
import { act } from './act.ts';
import type { Outcome } from './act.ts';
import type { Change } from './change.ts';

/** What is being asked about, and how far it is; null: nothing is. */
export interface Asked {
  readonly change: Change;
  readonly doing: boolean;
  /** Why it was refused; null: it was not, or not yet. */
  readonly refusal: (Outcome & { readonly done: false }) | null;
  /** Called where the dialog is closed and nothing was done. */
  readonly dismissed?: (() => void) | undefined;
}

export const asked = signal<Asked | null>(null);

/** What was done last, in words; null: nothing lately. */
export const told = signal<string | null>(null);

/** As long what was done stays in view. */
const TOLD_MS = 12_000;

/** Opens the dialog; nothing happens before `confirm`. */
export function ask(change: Change, dismissed?: () => void): void {
  asked.value = { change, doing: false, refusal: null, dismissed };
}

/** Closes it; what is being done already goes on. */
export function dismiss(): void {
  const before = asked.value;
  asked.value = null;
  if (before && !before.doing) before.dismissed?.();
}

/** Does what was asked about: closes the dialog when it is done, stays with the reason when it is refused. */
export async function confirm(changed: () => void): Promise<void> {
  const before = asked.value;
  if (!before || before.doing) return;
  const { change } = before;
  const current = { ...before, doing: true, refusal: null };
  asked.value = current;
  const outcome = await act(change);
  // It may have been closed meanwhile, or something else been asked.
  const open = asked.value === current;
  if (outcome.done) {
    if (open) asked.value = null;
    tell(outcome.text);
    changed();
  } else if (open) asked.value = { ...before, doing: false, refusal: outcome };
  else tell(outcome.text);
}

// Private

let timer: ReturnType<typeof setTimeout> | undefined;

function tell(text: string): void {
  clearTimeout(timer);
  told.value = text;
  timer = setTimeout(() => (told.value = null), TOLD_MS);
}
