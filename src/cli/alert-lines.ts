import type { AlertView } from '../web/alert-contract.ts';
import { oneLine } from './one-line.ts';
import type { Paint } from './paint.ts';

/** A line for each alert that fires, and what went wrong with telling somebody. */
export function alertLines(alerts: readonly AlertView[], style: Paint): readonly string[] {
  return firing(alerts).flatMap(({ message, told }) => [
    style.red(`alert: ${oneLine(message)}`),
    ...(told && told.problem !== null ? [style.yellow(`  ${untold(told)}`)] : []),
  ]);
}

/** All that fire in one line; none where none does. */
export function alertLine(alerts: readonly AlertView[], style: Paint): readonly string[] {
  const [first, ...others] = firing(alerts);
  if (!first) return [];
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  return [style.red(`alert: ${oneLine(first.message)}${more}`)];
}

// Private

function firing(alerts: readonly AlertView[]): readonly AlertView[] {
  return alerts.filter(({ state }) => state === 'firing');
}

function untold({ attempts, problem }: NonNullable<AlertView['told']>): string {
  const times = attempts === 1 ? 'once' : `${attempts} times`;
  return `nobody could be told of it, tried ${times}: ${oneLine(problem ?? '')}`;
}
