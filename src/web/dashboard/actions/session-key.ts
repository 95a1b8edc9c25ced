import { signal } from '@preact/signals';

const NAME = 'tidegate-key';

/** What lets this window act beside its cookie; null: it can only look. */
export const sessionKey = signal<string | null>(null);

/** Of this window alone, and over a reload: another window with the same cookie can only look. */
export function keepKey(key: string | null): void {
  sessionKey.value = key;
  if (key === null) sessionStorage.removeItem(NAME);
  else sessionStorage.setItem(NAME, key);
}

export function recallKey(): void {
  sessionKey.value = sessionStorage.getItem(NAME);
}
