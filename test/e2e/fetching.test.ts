import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createProject } from '../support/project.ts';
import { until } from '../support/until.ts';

/**
 * Leases one task after the other until SIGTERM; each lasts until the test writes `finish-REPLICA`. What happens is
 * written down beside it.
 */
const WORKER = `
  const { existsSync, writeFileSync } = require('node:fs');
  const { createServer } = require('node:http');
  const { setTimeout: delay } = require('node:timers/promises');
  const { TIDEGATE_REPLICA: me, TIDEGATE_TASKS_URL: tasks, TIDEGATE_WORKER_TOKEN: token } = process.env;
  const headers = { authorization: 'Bearer ' + token, 'content-type': 'application/json' };
  const ask = (path, body) =>
    fetch(tasks + path, { method: 'POST', headers, body: JSON.stringify(body) });
  let ending = false;
  process.on('SIGTERM', () => {
    ending = true;
    writeFileSync('told-' + me, '');
  });
  createServer((_, response) => response.end(me)).listen(process.env.PORT, process.env.HOST);
  (async () => {
    while (!ending) {
      const leased = await ask('/jobs/lease', { max: 1, wait: '1s' }).then((answer) => answer.json());
      for (const { id, lease } of leased.tasks ?? []) {
        writeFileSync('working-' + me, id);
        while (!existsSync('finish-' + me)) await delay(20);
        const { status } = await ask('/' + id + '/complete', { lease });
        writeFileSync('completed-' + me, String(status));
      }
      if (!leased.tasks) await delay(100);
    }
    process.exit(0);
  })();
`;

test('who leases a task finishes it when it is sent away, and completes it while everything goes down', async (t) => {
  const project = await createProject(
    t,
    {
      services: {
        worker: { command: 'node worker.cjs', drain: '80s', scale: { min: 2, max: 2 } },
      },
      tasks: { queues: { jobs: { service: 'worker', delivery: 'pull', timeout: '80s' } } },
    },
    { 'worker.cjs': WORKER },
  );
  const file = (name: string): string => join(project.folder, name);
  const isThere = (name: string): boolean => existsSync(file(name));
  const completed = (id: string) =>
    until(`${id} has completed its task`, () => {
      return isThere(`completed-${id}`) && readFileSync(file(`completed-${id}`), 'utf8');
    });
  const replicas = async () => {
    const { services } = await project.status();
    return services.find(({ name }) => name === 'worker')?.replicas ?? [];
  };
  const up = await project.run('up', '-d');
  assert.equal(up.code, 0, up.out + up.err);
  for (let task = 0; task < 2; task++) {
    const sent = await fetch(`${project.gatewayUrl}/tasks/jobs`, { method: 'POST', body: 'x' });
    assert.equal(sent.status, 202, await sent.text());
  }
  await until('both work', () => ['working-worker-1', 'working-worker-2'].every(isThere));

  assert.equal((await project.run('restart', 'worker')).code, 0, 'done without waiting for them');
  await until('both are told', () => ['told-worker-1', 'told-worker-2'].every(isThere));
  const states = new Map((await replicas()).map(({ id, state }) => [id, state]));
  assert.deepEqual([states.get('worker-1'), states.get('worker-2')], ['draining', 'draining']);
  project.write('finish-worker-1', '');
  assert.equal(await completed('worker-1'), '204');
  await until('it has gone', async () => !(await replicas()).some(({ id }) => id === 'worker-1'));

  const down = project.run('down');
  const lock = file('.tidegate/control.lock.json');
  await until('it is stopping', () => readFileSync(lock, 'utf8').includes('"stopping":true'));
  await until('the new ones are told', () => ['told-worker-3', 'told-worker-4'].every(isThere));
  project.write('finish-worker-2', '');
  assert.equal(await completed('worker-2'), '204');
  const { code, out, err } = await down;
  assert.equal(code, 0, out + err);
});
