import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { isRunning, readStat } from '../../src/process/stat.ts';
import type { Status } from '../../src/web/contract.ts';
import { createProject, helloServer, TIDEGATE, type Project } from '../support/project.ts';
import { until } from '../support/until.ts';

const web = { command: 'node server.cjs' };
const hello = { 'server.cjs': helloServer() };

test('up goes on when whoever read its output has gone, and still stops cleanly', async (t) => {
  const project = await createProject(t, { services: { web } }, hello);
  const child = spawn(TIDEGATE, ['up'], { cwd: project.folder });
  const ended = once(child, 'exit');
  await once(child.stdout, 'data');
  child.stdout.destroy();
  child.stderr.destroy();
  await ready(project);
  // Each replica that comes or goes is a line that nobody takes.
  const [replica] = (await project.status()).services[0]?.replicas ?? [];
  process.kill(replica?.pid as number, 'SIGKILL');
  await until('it was replaced', async () => {
    const now = (await project.status()).services[0]?.replicas[0];
    return now?.state === 'ready' && now.id !== replica?.id;
  });
  child.kill('SIGTERM');
  assert.deepEqual(await ended, [0, null]);
  await assert.rejects(fetch(project.gatewayUrl), 'the gateway is gone with it');
});

test('a terminal that is closed is a down: nothing is left running', async (t) => {
  const project = await createProject(t, { services: { web } }, hello);
  // `script` gives it a terminal; when it is killed, that terminal is gone.
  const terminal = spawn('script', ['-qfc', `exec ${TIDEGATE} up`, '/dev/null'], {
    cwd: project.folder,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  terminal.stdout.resume();
  const { control, gateway } = await ready(project);
  terminal.kill('SIGKILL');
  for (const pid of [control.pid, gateway.pid] as number[])
    await until(`process ${pid} has ended`, () => !isRunning(readStat(pid)));
});

/** Resolves with the status that says so; before it is up there is none. */
function ready(project: Project): Promise<Status> {
  return until('a replica is ready', async () => {
    const { code, out } = await project.run('status', '--json');
    const status = code === 0 ? (JSON.parse(out) as Status) : null;
    return status?.services[0]?.ready === 1 && status;
  });
}
