/** What may be asked for. */
interface Kind {
  readonly queue: 'default' | 'words';
  /** What is wrong with the data; null: nothing. */
  problem(data: Readonly<Record<string, unknown>>): string | null;
}

const MAX_SLEEP_MS = 5_000;

const needsText: Kind['problem'] = ({ text }) =>
  typeof text === 'string' && text !== '' ? null : 'data.text must be a text.';

const needsMs: Kind['problem'] = ({ ms }) =>
  typeof ms === 'number' && ms >= 0 && ms <= MAX_SLEEP_MS
    ? null
    : `data.ms must be a number from 0 to ${MAX_SLEEP_MS}.`;

const needsNothing: Kind['problem'] = () => null;

/** By name; whoever works on a queue knows the types that go to it. */
export const KINDS: ReadonlyMap<unknown, Kind> = new Map<string, Kind>([
  ['hash', { queue: 'default', problem: needsText }],
  ['sleep', { queue: 'default', problem: needsMs }],
  ['flaky', { queue: 'default', problem: needsNothing }],
  ['fail', { queue: 'default', problem: needsNothing }],
  ['words', { queue: 'words', problem: needsText }],
]);
