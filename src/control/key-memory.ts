import type { Log } from '../kit/log.ts';
import type { KeyMemory } from '../gateway/keys/material.ts';
import type { FactStore } from '../state/store.ts';

/** The name under which public key sets stand among the facts of the state file, by address. */
const KEYS_FACT = 'keys';

/** Those of the last addresses: configurations come and go. */
const MOST_ADDRESSES = 20;

/** Keeps key sets in the state file, so that tokens are verified while whoever publishes the keys is away. */
export function keyMemory(facts: FactStore, log: Log): KeyMemory {
  const all = (): Readonly<Record<string, string>> => {
    const fact = facts.get(KEYS_FACT);
    if (typeof fact !== 'object' || fact === null || Array.isArray(fact)) return {};
    return Object.fromEntries(
      Object.entries(fact).filter(
        (entry): entry is [string, string] => typeof entry[1] === 'string',
      ),
    );
  };
  return {
    get: (url) => {
      const texts = all();
      return Object.hasOwn(texts, url) ? (texts[url] as string) : null;
    },
    set(url, text) {
      const others = Object.entries(all()).filter(([other]) => other !== url);
      try {
        facts.set(
          KEYS_FACT,
          Object.fromEntries([...others.slice(1 - MOST_ADDRESSES), [url, text]]),
        );
      } catch (err) {
        // On a full disk they are in memory all the same.
        log.warn({ err }, 'keys could not be written down');
      }
    },
  };
}
