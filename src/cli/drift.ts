import type { ConfigDrift } from '../web/contract.ts';

const SHOWN_KEYS = 4;

/** How the configuration file differs from what is in force, in a line; null: it does not. */
export function driftText(drift: ConfigDrift | null): string | null {
  if (drift === null) return null;
  const { keys, problem } = drift;
  if (problem !== null) return `the configuration file cannot be used: ${problem}`;
  const more = keys.length > SHOWN_KEYS ? ` and ${keys.length - SHOWN_KEYS} more` : '';
  return `the configuration file differs: ${keys.slice(0, SHOWN_KEYS).join(', ')}${more}; \`tidegate deploy\` applies it`;
}
