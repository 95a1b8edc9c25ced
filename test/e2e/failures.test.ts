import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { test } from 'node:test';
import { isRunning, readStat } from '../../src/process/stat.ts';
import { createClient, findControl } from '../../src/web/client.ts';
import type { Explanation, ReplicaStatus, ServiceStatus, Status } from '../../src/web/contract.ts';
import { createProject } from '../support/project.ts';
import { until } from '../support/until.ts';

/**
 * `/work` lasts until the file `worked` is there, `/busy` tells how many of those are under way, `/child` the process it has
 * started; SIGTERM ends it at once, whatever it is doing. Where it has to wait, all but the first listen when `listen` is there.
 */
const SERVER = `
  const { createServer } = require('node:http');
  const { spawn } = require('node:child_process');
  const { existsSync } = require('node:fs');
  const { TIDEGATE_REPLICA, PORT, HOST, WAITS } = process.env;
  const when = (file, act) => {
    const waiting = setInterval(() => {
      if (!existsSync(file)) return;
      clearInterval(waiting);
      act();
    }, 20);
  };
  const child = spawn('sleep', ['600'], { stdio: 'ignore' });
  let busy = 0;
  const server = createServer((request, response) => {
    if (request.url.endsWith('/child')) return response.end(String(child.pid));
    if (request.url.endsWith('/busy')) return response.end(String(busy));
    if (!request.url.endsWith('/work')) return response.end(TIDEGATE_REPLICA);
    busy++;
    when('worked', () => response.end(TIDEGATE_REPLICA, () => busy--));
  });
  const listen = () => server.listen(PORT, HOST);
  if (WAITS && !TIDEGATE_REPLICA.endsWith('-1')) when('listen', listen);
  else listen();
  process.on('SIGTERM', () => process.exit(0));
`;

const health = {
  path: '/',
  interval: '200ms',
  timeout: '1s',
  startup: '60s',
  replaceAfter: '6s',
};

const CONFIG = {
  gateway: {
    routes: ['slow', 'loop', 'deaf', 'app'].map((service) => ({
      path: service === 'app' ? '/*' : `/${service}/*`,
      service,
    })),
  },
  services: {
    app: { command: 'node server.cjs', health, scale: { min: 2, max: 2 } },
    slow: {
      command: 'node server.cjs',
      health,
      env: { WAITS: 'yes' },
      scale: { min: 1, max: 2 },
    },
    loop: { command: 'node loop.cjs', scale: { min: 1, max: 1 } },
    deaf: { command: 'node deaf.cjs', health: { startup: '1s' }, scale: { min: 1, max: 1 } },
  },
};

test('each way to fail is seen in status and explain, and costs no request that can be repeated', async (t) => {
  const project = await createProject(t, CONFIG, {
    'server.cjs': SERVER,
    'loop.cjs': "console.error('no database'); process.exit(3);",
    'deaf.cjs': 'setInterval(() => undefined, 1000);',
  });
  // Two of the services never come up: it ends with 1 while this test goes on.
  const up = project.run('up', '-d');
  const client = await until('the control plane answers', async () => {
    const found = await findControl(project.folder);
    return found && createClient({ url: found.adminUrl, token: found.token });
  });
  const serviceOf = (name: string): Promise<ServiceStatus> => client.service(name);
  const readyOf = (name: string): Promise<ReplicaStatus> =>
    until(`${name} has a ready replica`, async () => {
      const { replicas } = await serviceOf(name);
      return replicas.find(({ state, healthy }) => state === 'ready' && healthy);
    });
  /** Its message, once it is told. All decisions are asked for: what happened before the oldest one is not told. */
  const incident = async (service: string, code: string, replica?: string): Promise<string> => {
    const found = await until(`${code} is told of ${service}`, async () => {
      const { incidents } = await client.decisions(service, { last: 1000 });
      return incidents.find(
        (each) => each.code === code && (replica === undefined || each.replica === replica),
      );
    });
    return found.message;
  };
  await until('app and slow are ready', async () => {
    const services = await client.services();
    return services
      .filter(({ name }) => name === 'app' || name === 'slow')
      .every(({ ready, min }) => ready >= min);
  });

  await t.test(
    'a replica that is killed is replaced, and what it had started ends too',
    async () => {
      // One that ends within a second of being ready would be a start that failed.
      const seenAt = Date.now();
      await until('it has been ready for a while', () => Date.now() - seenAt > 1200);
      const victim = await readyOf('app');
      const child = Number(await (await fetch(`http://${victim.address}/child`)).text());
      process.kill(victim.pid ?? 0, 'SIGKILL');
      await until('there are two again, without it', async () => {
        const { replicas } = await serviceOf('app');
        const ready = replicas.filter(({ state }) => state === 'ready');
        return ready.length === 2 && ready.every(({ id }) => id !== victim.id);
      });
      await until('its child is gone', () => !isRunning(readStat(child)));
      const problem = await until('it is told', async () => (await serviceOf('app')).problem);
      assert.equal(problem.code, 'REPLICA_DIED');
      const message = await incident('app', 'REPLICA_DIED', victim.id);
      assert.match(message, /ended by SIGKILL/);
    },
  );

  await t.test(
    'a replica that ends at SIGTERM in the middle of its work loses no GET',
    async () => {
      const victim = await readyOf('app');
      const answers = Array.from({ length: 8 }, () => fetch(`${project.gatewayUrl}/work`));
      await until('it is at work', async () => {
        return Number(await (await fetch(`http://${victim.address}/busy`)).text()) > 0;
      });
      process.kill(victim.pid ?? 0, 'SIGTERM');
      await until('it has ended', () => !isRunning(readStat(victim.pid ?? 0)));
      project.write('worked', '');
      const statuses = (await Promise.all(answers)).map(({ status }) => status);
      assert.deepEqual(new Set(statuses), new Set([200]));
      assert.match(await incident('app', 'REPLICA_DIED', victim.id), /exited with code 0/);
    },
  );

  await t.test(
    'a replica that hangs gets no traffic, is shown, and replaced when it lasts',
    async () => {
      const victim = await readyOf('app');
      const pid = victim.pid ?? 0;
      process.kill(pid, 'SIGSTOP');
      try {
        await until('it fails its checks', async () => {
          const { replicas } = await serviceOf('app');
          const seen = replicas.find(({ id }) => id === victim.id);
          return seen?.healthy === false && seen.note === 'fails its checks';
        });
        const answers = await Promise.all(
          Array.from({ length: 10 }, () => fetch(project.gatewayUrl).then((each) => each.text())),
        );
        assert.ok(!answers.includes(victim.id));
        await incident('app', 'FAILING_CHECKS', victim.id);
        const why = await incident('app', 'REPLICA_REPLACED', victim.id);
        assert.match(why, /failed its health checks for/);
      } finally {
        process.kill(pid, 'SIGCONT');
      }
      await until('there are two others', async () => {
        const { replicas } = await serviceOf('app');
        const well = replicas.filter(({ healthy, id }) => healthy && id !== victim.id);
        return well.length === 2;
      });
    },
  );

  await t.test(
    'a replica that starts slowly is shown as starting while the other serves',
    async () => {
      await project.json('scale', 'slow', '2');
      const ended = new AbortController();
      const failed: number[] = [];
      const asking = (async () => {
        for (; !ended.signal.aborted; await delay(20)) {
          const { status } = await fetch(`${project.gatewayUrl}/slow/`);
          if (status !== 200) failed.push(status);
        }
      })();
      const states = async (): Promise<string> =>
        (await serviceOf('slow')).replicas.map(({ state }) => state).join(' ');
      await until('the second one starts', async () => (await states()) === 'ready starting');
      project.write('listen', '');
      await until('it is ready', async () => (await states()) === 'ready ready');
      ended.abort();
      await asking;
      assert.deepEqual(failed, []);
    },
  );

  await t.test('a program that ends at once is a crash loop, with its last words', async () => {
    const loop = await until('it is a crash loop', async () => {
      const service = await serviceOf('loop');
      return service.problem?.code === 'CRASH_LOOP' && service;
    });
    assert.match(loop.problem?.log.join() ?? '', /no database/);
    assert.deepEqual(
      loop.replicas.map(({ state }) => state).filter((state) => state === 'failed'),
      ['failed'],
    );
    assert.match(await incident('loop', 'EXITED'), /ended with code 3.*no database/);
    await incident('loop', 'CRASH_LOOP');
    const { out } = await project.run('status');
    assert.match(out, /loop +0 of 1 +crash loop/);
    const { status } = await fetch(`${project.gatewayUrl}/loop/`);
    assert.equal(status, 503);
  });

  await t.test('a program that never listens is never ready, and says so', async () => {
    const deaf = await serviceOf('deaf');
    assert.equal(deaf.ready, 0);
    assert.ok(deaf.problem);
    assert.match(await incident('deaf', 'NEVER_READY'), /was not healthy within 1 s/);
  });

  await t.test('status --json and explain --json tell the same', async () => {
    const { services } = await project.json<Status>('status');
    assert.equal(services.find(({ name }) => name === 'loop')?.problem?.code, 'CRASH_LOOP');
    const { incidents } = await project.json<Explanation>('explain', 'app', '--last', '1000');
    const codes = new Set(incidents.map(({ code }) => code));
    for (const code of ['REPLICA_DIED', 'FAILING_CHECKS', 'REPLICA_REPLACED'])
      assert.ok(codes.has(code), code);
  });

  await t.test('up -d ends with 1 and names those that did not come up', async () => {
    const { code, err } = await up;
    assert.equal(code, 1);
    assert.match(err, /loop is not ready: 0 of 1 replica\./);
    assert.match(err, /deaf is not ready: 0 of 1 replica\./);
    assert.match(err, /It goes on in the background; `tidegate status` shows more/);
  });
});
