import { messageOf } from '../kit/errors.ts';
import type { DatabaseSpec } from '../spec/databases.ts';
import type { SecretRef } from '../spec/spec.ts';
import type { DatabaseView } from './databases.ts';
import { urlUnreadable } from './errors.ts';
import { KINDS } from './kinds.ts';
import type { Usage } from './server-kind.ts';

/** A server of the user's own: we know its address, and now and then ask how it is. */
export interface External {
  url(): string;
  view(): DatabaseView;
  /** Never throws. */
  look(): Promise<void>;
}

/** @throws TidegateError SECRET_MISSING */
export function createExternal(
  { name, kind }: Pick<DatabaseSpec, 'name' | 'kind'>,
  given: string | SecretRef,
  readSecret: (secret: SecretRef) => string,
): External {
  const url = typeof given === 'string' ? given : read(name, given, readSecret);
  let usage: Usage | null = null;
  let problem: string | null = null;
  return {
    url: () => url,
    view: () => ({
      name,
      kind,
      state: 'external',
      address: addressOf(url),
      pid: null,
      startedAt: null,
      memoryBytes: usage?.memoryBytes ?? null,
      connections: usage?.connections ?? null,
      maxConnections: usage?.maxConnections ?? null,
      problem,
    }),
    async look() {
      try {
        usage = await KINDS[kind].ask(url);
        problem = null;
      } catch (thrown) {
        usage = null;
        problem = `It does not answer: ${messageOf(thrown)}.`;
      }
    },
  };
}

// Private

function read(name: string, secret: SecretRef, readSecret: (secret: SecretRef) => string): string {
  try {
    return readSecret(secret).trim();
  } catch (thrown) {
    throw urlUnreadable(name, thrown);
  }
}

/** Host and port alone: what else is in an address may be a secret. */
function addressOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'an address that is none';
}
