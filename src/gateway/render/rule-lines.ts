import type { GatewayState } from '../gateway.ts';
import type { GatewayMachine, GatewayPaths } from '../plan.ts';
import { FRONTEND, backendName } from './names.ts';
import { render } from './render.ts';
import { assignSlots } from './slots.ts';

/** One line of HAProxy's configuration and the section it is in: `frontend :gateway`. */
export interface ConfigLine {
  readonly section: string;
  readonly text: string;
  /** Where it stands in the whole. */
  readonly at: number;
}

/**
 * Finds the lines that a part of the configuration brings about: those that are not rendered without it. So whatever says
 * which lines belong to a rule is what renders them, and nothing else.
 */
export function createLineFinder(
  state: GatewayState,
  paths: GatewayPaths,
  machine: GatewayMachine,
): (without: GatewayState, route: number, services: readonly string[]) => readonly ConfigLine[] {
  const linesOf = (one: GatewayState): readonly ConfigLine[] =>
    sectionLines(render(one, assignSlots({}, one), paths, machine).config);
  const all = linesOf(state);
  return (without, route, services) => {
    const left = new Map<string, number>();
    for (const line of linesOf(without)) left.set(keyOf(line), (left.get(keyOf(line)) ?? 0) + 1);
    const brought = all.filter((line) => {
      const count = left.get(keyOf(line)) ?? 0;
      left.set(keyOf(line), count - 1);
      return count <= 0;
    });
    return concerning(brought, route, services);
  };
}

// Private

function sectionLines(config: string): readonly ConfigLine[] {
  let section = '';
  return config.split('\n').flatMap((line, at) => {
    if (line.startsWith('  ')) return [{ section, text: line.trim(), at }];
    section = line;
    return [];
  });
}

function keyOf({ section, text }: ConfigLine): string {
  return `${section}\n${text}`;
}

/** Without what is said for other routes and services, and names that nothing of the rest uses. */
function concerning(
  lines: readonly ConfigLine[],
  route: number,
  services: readonly string[],
): readonly ConfigLine[] {
  const sections = [
    `frontend ${FRONTEND}`,
    ...services.map((name) => `backend ${backendName(name)}`),
  ];
  const some = lines.filter(
    ({ section, text }) => sections.includes(section) && isFor(text, route),
  );
  const used = new Set(some.flatMap(({ text }) => (isAcl(text) ? [] : text.split(/[ !]+/))));
  return some.filter(({ text }) => !isAcl(text) || used.has(text.split(' ')[1] as string));
}

function isFor(text: string, route: number): boolean {
  const numbers = /\{ var\(txn\.route\) -m int ([\d ]+) \}/.exec(text)?.[1];
  return numbers === undefined || numbers.split(' ').includes(String(route));
}

function isAcl(text: string): boolean {
  return text.startsWith('acl ');
}
