import type { ConfigDrift } from '../web/contract.ts';

const SHOWN_KEYS = 4;

/** How the configuration file differs from what is in force, in a line; null: it does not. */
export function driftText(drift: ConfigDrift | null): string | null {
  if (drift === null) return null;
  const { keys, problem } = drift;
  if (problem !== null) return `the configuration file cannot be used: ${problem}`;
  const more = keys.length > SHOWN_KEYS ? ` and ${keys.length - SHOWN_KEYS} more` : '';
  return `the configuration file differs: ${keys.slice(0, SHOWN_KEYS).join(', ')}${more}; ${howText(keys)}`;
}

// Private

/** `deploy` refuses all where one key cannot be changed while the control plane runs. */
function howText(keys: readonly string[]): string {
  if (keys.includes('engine')) return 'another engine needs `tidegate down`, then `tidegate up`';
  const atStart = keys.filter((key) => key === 'name' || key.startsWith('admin.'));
  if (atStart.length === 0) return '`tidegate deploy` applies it';
  if (atStart.length === keys.length) return '`tidegate up --replace` applies it';
  return `\`tidegate up --replace\` applies ${atStart.join(', ')}, then \`tidegate deploy\` the rest`;
}
