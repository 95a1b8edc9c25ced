import type { DatabaseStatus } from '../web/contract.ts';
import { ageText, bytesText, countText } from './numbers.ts';
import { oneLine } from './one-line.ts';
import type { Paint } from './paint.ts';
import { layOut } from './table.ts';

/** A line for each database, and one below for what is wrong with it. */
export function databaseLines(
  databases: readonly DatabaseStatus[],
  style: Paint,
  now: number,
): readonly string[] {
  if (databases.length === 0) return [];
  const colours = {
    starting: style.yellow,
    ready: style.green,
    failed: style.red,
    external: style.dim,
    stopped: style.dim,
  };
  const [head = '', ...lines] = layOut(
    ['database', 'kind', 'state', 'address', 'pid', 'up', 'memory', 'connections'],
    databases.map((each) => [
      each.name,
      each.kind,
      colours[each.state](each.state),
      each.address,
      countText(each.pid),
      ageText(each.startedAt, now),
      bytesText(each.memoryBytes),
      countText(each.connections),
    ]),
  );
  const problems = databases.flatMap(({ name, problem }) =>
    problem === null ? [] : [style.yellow(oneLine(`${name}: ${problem}`))],
  );
  return [style.dim(head), ...lines, ...problems];
}
