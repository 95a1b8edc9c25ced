import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { membersOf, readProcessTable } from '../../../src/process/table.ts';
import type { Status } from '../../../src/web/contract.ts';
import { adminOf } from '../admin.ts';
import { endControl } from '../control.ts';
import type { Project, ProjectConfig } from '../project.ts';
import { until } from '../until.ts';

/** A project whose queue `default` is worked off by two replicas, whatever becomes of them. */
export function projectOf(service: object): ProjectConfig {
  const retried = { retries: 20, backoff: { least: '50ms', most: '1s' } };
  return {
    services: { worker: { ...service, concurrency: 8, scale: { min: 2, max: 2 } } },
    databases: { main: { kind: 'postgres' } },
    tasks: { queues: { default: { service: 'worker', path: '/run', timeout: '5s', ...retried } } },
  };
}

/** What a task needs on its way. */
export const PARTS = [
  'worker',
  'tidegate-tasks',
  'tidegate-dispatch',
  'postgres',
  'control',
] as const;
export type Part = (typeof PARTS)[number];

/**
 * Kills a part with SIGKILL, and answers what was killed: nothing where it is not whole, or nobody could be asked. The
 * control plane is started again with `tidegate up` after up to `absentMs`; meanwhile another part may be killed, which
 * nobody sees. `chance` is 0..1.
 */
export async function kill(
  project: Project,
  part: Part,
  { chance, absentMs, meanwhile }: { chance: () => number; absentMs: number; meanwhile?: Part },
): Promise<readonly Part[]> {
  const status = await statusOf(project);
  if (status === null || !isWhole(status, part)) return [];
  if (part !== 'control') {
    end(pidsOf(status, part, chance()));
    return [part];
  }
  const killed: Part[] = [part];
  await endControl(project.folder, 'SIGKILL');
  await delay(absentMs * chance());
  if (meanwhile && meanwhile !== 'control' && isWhole(status, meanwhile)) {
    end(pidsOf(status, meanwhile, chance()));
    killed.push(meanwhile);
    await delay(absentMs * chance());
  }
  const { code, out, err } = await project.run('up', '-d');
  assert.equal(code, 0, out + err);
  return killed;
}

/** Resolves when every part is there again. */
export async function allWhole(project: Project): Promise<void> {
  await until('every part is there again', async () => {
    const status = await statusOf(project);
    return status !== null && PARTS.every((part) => isWhole(status, part));
  });
}

// Private

async function statusOf({ folder }: Project): Promise<Status | null> {
  try {
    return await (await adminOf(folder)).status();
  } catch {
    return null;
  }
}

function isWhole({ services, databases }: Status, part: Part): boolean {
  if (part === 'control') return true;
  if (part === 'postgres') return databases.every(({ state }) => state === 'ready');
  const service = services.find(({ name }) => name === part);
  return service !== undefined && service.ready > 0 && service.ready === service.desired;
}

/** PostgreSQL goes at once with all of its processes, as with the machine, or its master alone; of replicas one goes. */
function pidsOf({ services, databases }: Status, part: Part, chance: number): readonly number[] {
  if (part === 'postgres') {
    const pid = databases[0]?.pid ?? assert.fail('there is no database that we look after');
    const all = membersOf(readProcessTable(), pid).map((member) => member.pid);
    return chance < 0.5 ? all : [pid];
  }
  const service = services.find(({ name }) => name === part);
  const pids = (service?.replicas ?? []).flatMap(({ pid, state }) =>
    pid !== null && state === 'ready' ? [pid] : [],
  );
  return pids.slice(Math.floor(chance * pids.length)).slice(0, 1);
}

/** What has ended by itself meanwhile is as good as killed. */
function end(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It was quicker.
    }
  }
}
