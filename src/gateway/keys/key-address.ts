import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../../kit/clock.ts';
import { MINUTE, SECOND } from '../../kit/clock.ts';
import { messageOf } from '../../kit/errors.ts';
import type { Algorithm } from '../../spec/spec.ts';
import type { KeySet, VerificationKey } from '../gateway.ts';
import { shownAddress, type FetchJwks } from './fetch-jwks.ts';
import { parseJwks } from './jwks.ts';
import { Unusable } from './unusable.ts';

/**
 * Keys that are published at an address: when it is asked, and what is known of it. What was good stays in force until
 * something good takes its place.
 */
export interface KeyAddress {
  readonly url: string;
  readonly set: KeySet;
  /** What is wrong, after the name of the key of the configuration; null: the last answer was good. */
  readonly problem: string | null;
  /** ms since the epoch. */
  readonly dueAt: number;
  /** A token names a key that is not known: asks soon, and never within 30 s of the last time it did for that reason. */
  unknownKey(): void;
  /**
   * Asks now. `accept` says why new keys cannot be taken into force. True when the set has changed, if only by the time
   * it was looked at for an unknown key. Never rejects for what an address does.
   */
  ask(accept: Accept): Promise<boolean>;
}

/** Why the gateway would refuse these keys; empty: it takes them. */
export type Accept = (set: KeySet) => Promise<readonly string[]>;

interface KeyAddressOptions {
  readonly url: string;
  readonly algorithms: readonly Algorithm[];
  readonly clock: Clock;
  readonly fetch: FetchJwks;
  /** Of an earlier control plane. */
  readonly known: readonly VerificationKey[];
}

/** Between two looks for an unknown key: whoever sends nonsense must not have the identity provider asked all the time. */
const UNKNOWN_MS = 30 * SECOND;

/** After a failure: from the first to the last pause. */
const FIRST_RETRY_MS = SECOND;
const LAST_RETRY_MS = MINUTE;

export function createKeyAddress(options: KeyAddressOptions): KeyAddress {
  const { url, algorithms, clock, fetch, known } = options;
  let set: KeySet = { checkedAtS: 0, mayGrow: true, keys: known };
  let problem: string | null = null;
  let failures = 0;
  /** When it was asked last for an unknown key, and whether it is to be. */
  let provokedAt = Number.NEGATIVE_INFINITY;
  let provoked = false;
  let dueAt = clock.now();

  const learn = async (
    accept: Accept,
  ): Promise<{ keys: readonly VerificationKey[]; freshMs: number }> => {
    const { text, freshMs } = await fetch(url);
    const { keys: given, refused } = parseJwks(text, algorithms, { secrets: false });
    const keys = ordered(given);
    if (!isDeepStrictEqual(keys, set.keys)) {
      const problems = await accept({ ...set, keys });
      if (problems.length > 0)
        throw new Unusable(`gave keys the gateway does not take: ${problems.join('; ')}`);
    }
    problem = refused.length === 0 ? null : said(url, `not used: ${refused.join('; ')}`);
    return { keys, freshMs };
  };

  return {
    url,
    get set() {
      return set;
    },
    get problem() {
      return problem;
    },
    get dueAt() {
      return dueAt;
    },
    unknownKey() {
      const now = clock.now();
      // A clock that was set back must not keep new keys out for as long.
      provokedAt = Math.min(provokedAt, now);
      provoked = true;
      dueAt = Math.min(dueAt, Math.max(now, provokedAt + UNKNOWN_MS));
    },
    async ask(accept) {
      // A look that came by itself keeps nobody from being looked for.
      const answers = provoked;
      if (answers) provokedAt = clock.now();
      provoked = false;
      dueAt = Number.POSITIVE_INFINITY;
      let { keys } = set;
      let pauseMs: number;
      try {
        ({ keys, freshMs: pauseMs } = await learn(accept));
        failures = 0;
      } catch (thrown) {
        pauseMs = Math.min(FIRST_RETRY_MS * 2 ** failures++, LAST_RETRY_MS);
        problem = said(url, `${whyNot(thrown)}; ${standing(keys)}`);
      }
      const now = clock.now();
      dueAt = Math.min(dueAt, now + pauseMs);
      const before = set;
      const checkedAtS = answers ? Math.floor(now / 1000) : set.checkedAtS;
      set = { checkedAtS, mayGrow: true, keys };
      return !isDeepStrictEqual(before, set);
    },
  };
}

// Private

/** Some publish them in another order each time, and a change is a reload. */
function ordered(keys: readonly VerificationKey[]): readonly VerificationKey[] {
  const texts = new Map(keys.map((key) => [JSON.stringify(key), key]));
  return [...texts.keys()].sort().map((text) => texts.get(text) as VerificationKey);
}

function said(url: string, what: string): string {
  return `${shownAddress(url)} ${what}`;
}

/** Whatever it was, it is tried again. */
function whyNot(thrown: unknown): string {
  return thrown instanceof Unusable
    ? thrown.message
    : `gave keys that cannot be taken (${messageOf(thrown)})`;
}

function standing(keys: readonly VerificationKey[]): string {
  if (keys.length === 0) return 'no key is known, so every token is refused';
  return keys.length === 1
    ? 'the key known before stays in force'
    : `the ${keys.length} keys known before stay in force`;
}
