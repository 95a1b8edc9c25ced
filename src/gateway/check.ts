import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../kit/errors.ts';
import { createRenderedFiles } from './files.ts';
import type { GatewayState } from './gateway.ts';
import { validate } from './haproxy.ts';
import type { Live } from './live.ts';
import { plan } from './plan.ts';
import { checkPorts, listenersOf, listensOn } from './port-check.ts';
import type { Site } from './site.ts';

/**
 * Why `next` cannot be applied: the planner's refusals, a listener's port that another program has, HAProxy's verdict.
 * The files are rendered into a folder of their own, maps included, and removed again.
 */
export async function check(
  site: Site,
  live: Live | null,
  next: GatewayState,
): Promise<readonly string[]> {
  const { folder, runFolder } = site.paths;
  const candidate = mkdtempSync(join(folder, PREFIX));
  try {
    const planned = plan(null, next, { folder: candidate, runFolder }, site.machine);
    if (planned.kind === 'refused') return planned.problems;
    if (planned.kind === 'nothing') return [];
    const path = createRenderedFiles(candidate).writeCandidate(planned.next.rendered);
    return [
      ...(await portProblems(live, next.gateway)),
      ...(await validate(site.binary, path)).map((problem) =>
        problem.replaceAll(candidate, folder),
      ),
    ];
  } finally {
    rmSync(candidate, { recursive: true, force: true });
  }
}

/** Removes what checks left in the folder whose control plane was killed meanwhile. */
export function clearChecks(folder: string): void {
  for (const name of readdirSync(folder))
    if (name.startsWith(PREFIX)) rmSync(join(folder, name), { recursive: true, force: true });
}

/** Why a listener cannot be had: never because HAProxy has it already, on whatever address. */
export async function portProblems(
  live: Live | null,
  gateway: GatewayState['gateway'],
): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const listener of listenersOf(gateway)) {
    if (live && (await holds(live, listener.port))) continue;
    try {
      await checkPorts([listener]);
    } catch (thrown) {
      problems.push(messageOf(thrown));
    }
  }
  return problems;
}

// Private

const PREFIX = 'check.';

async function holds(live: Live, port: number): Promise<boolean> {
  if (live.doubt === null)
    return listenersOf(live.planned.state.gateway).some((each) => each.port === port);
  const { current } = await live.master.workers();
  return current !== null && listensOn(current, port);
}
