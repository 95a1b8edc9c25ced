import type { SessionKey } from '../contract.ts';
import { keepKey, recallKey } from './actions/session-key.ts';

/** Turns the one-time code of the link into a session with its key; the code leaves the address bar whatever becomes of it. */
export async function signIn(): Promise<void> {
  // What the window had before stays good where the code is not.
  recallKey();
  const code = new URLSearchParams(location.hash.slice(1)).get('code');
  if (code === null) return;
  history.replaceState(null, '', location.pathname);
  const response = await fetch('/api/v1/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code }),
  });
  if (response.ok) keepKey(((await response.json()) as SessionKey).key);
}

/** The JSON of a read; null when there is no session. */
export async function read<T>(path: string): Promise<T | null> {
  const response = await fetch(path);
  if (response.status === 401) return null;
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return (await response.json()) as T;
}
