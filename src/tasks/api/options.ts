import { formatDuration, parseDuration } from '../../kit/duration.ts';
import { callbackAllowed } from '../callbacks/allowed.ts';
import type { TaskWishes } from '../new-task.ts';

export type Options =
  | { readonly kind: 'understood'; readonly wishes: TaskWishes }
  /** All that is wrong, each a sentence with the name of the header. */
  | { readonly kind: 'refused'; readonly errors: readonly string[] };

/** What a sender may ask for. */
export interface Bounds {
  /** Where callbacks may go. */
  readonly hosts: readonly string[];
  /** Of the queue: the gateway gives up a delivery after it. */
  readonly timeoutMs: number;
}

/** What the `Task-…` headers of a sender ask for. */
export function readOptions(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  { hosts, timeoutMs }: Bounds,
): Options {
  const errors: string[] = [];
  const wishes: { -readonly [Key in keyof TaskWishes]: TaskWishes[Key] } = {};
  for (const [name, given] of Object.entries(headers)) {
    if (!name.startsWith('task-') || OUR_OWN.has(name)) continue;
    const value = String(given).trim();
    switch (name) {
      case 'task-delay':
        wishes.delayMs =
          duration(value, 0, YEAR_MS) ?? wrong(errors, name, 'from 0s to 365d', value);
        break;
      case 'task-timeout':
        wishes.timeoutMs =
          duration(value, 1, timeoutMs) ??
          wrong(errors, name, `from 1ms to ${formatDuration(timeoutMs)}, its queue's`, value);
        break;
      case 'task-priority':
        wishes.priority =
          integer(value, -100, 100) ??
          wrong(errors, name, 'a whole number from -100 to 100', value);
        break;
      case 'task-retries':
        wishes.retries =
          integer(value, 0, 100) ?? wrong(errors, name, 'a whole number from 0 to 100', value);
        break;
      case 'task-callback': {
        const refusal = callbackAllowed(value, hosts);
        if (refusal === null) wishes.callback = value;
        else errors.push(`Task-Callback: ${refusal}`);
        break;
      }
      default:
        errors.push(`${titleOf(name)} is not known; there are ${KNOWN}.`);
    }
  }
  return errors.length === 0 ? { kind: 'understood', wishes } : { kind: 'refused', errors };
}

// Private

const YEAR_MS = 365 * 86_400_000;
const KNOWN = 'Task-Delay, Task-Priority, Task-Timeout, Task-Retries and Task-Callback';

/** What a worker is told: one that sends a task in turn may pass them on, and means nothing by it. */
const OUR_OWN: ReadonlySet<string> = new Set([
  'task-id',
  'task-attempt',
  'task-queue',
  'task-subject',
]);

function duration(value: string, leastMs: number, mostMs: number): number | undefined {
  const durationMs = parseDuration(value);
  return durationMs !== undefined && durationMs >= leastMs && durationMs <= mostMs
    ? durationMs
    : undefined;
}

function integer(value: string, least: number, most: number): number | undefined {
  if (!/^[+-]?\d{1,4}$/.test(value)) return undefined;
  const number = Number(value);
  return number >= least && number <= most ? number : undefined;
}

function wrong(errors: string[], name: string, rule: string, value: string): undefined {
  const shown = value.length > 60 ? `${value.slice(0, 60)}…` : value;
  errors.push(`${titleOf(name)} must be ${rule}, and is "${shown}".`);
}

/** `task-delay` → `Task-Delay` */
function titleOf(name: string): string {
  return name.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());
}
