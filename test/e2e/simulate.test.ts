import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { adminOf } from '../support/admin.ts';
import { TIDEGATE, createProject, helloServer, runCommand } from '../support/project.ts';
import type { Ran } from '../support/project.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { until } from '../support/until.ts';

/** Half an hour with a peak that needs six replicas. */
const RATES = [20, 20, 20, 60, 110, 110, 60, 20, 20, 20];
const TRACE = `t_seconds,requests_per_second\n${RATES.map((rps, index) => `${index * 180},${rps}`).join('\n')}\n`;

const simulate = (folder: string, ...args: readonly string[]): Promise<Ran> =>
  runCommand(TIDEGATE, ['simulate', '--trace', 'peak.csv', '--seeds', '1', ...args], folder);

test('a back-test prints one object under --json, writes a page, and ends with 0 where all was as expected', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'peak.csv'), TRACE);
  const few = ['--policy', 'target', '--policy', 'hpa'];
  const met = await simulate(
    folder,
    ...few,
    '--sweep',
    '--json',
    '--report',
    'x.html',
    '--report',
    'x.json',
    '--expect',
    'hpa.violations<100%',
    '--expect',
    'peak:hpa.peak<=24',
  );
  assert.deepEqual([met.code, met.err], [0, '']);
  const told = JSON.parse(met.out) as Record<string, unknown> & {
    results: Record<string, unknown>[];
    summary: Record<string, unknown>[];
    costs: Record<string, unknown>[];
  };
  assert.deepEqual(told.summary[0], {
    policy: 'clairvoyant',
    costAt1Percent: 1,
    costAt01Percent: 1,
    costAt1PercentOrStatic: 1,
  });
  assert.deepEqual(told.costs[0], { trace: 'peak', ...told.summary[0] });
  const [first] = told.results;
  const shape =
    'trace policy target requests violations violationRatio replicaSeconds costVsClairvoyant reversalsPerHour peakReplicas worst5MinutesRatio intervals';
  assert.deepEqual(Object.keys(first ?? {}).sort(), shape.split(' ').sort());
  assert.ok(told.results.some(({ policy, target }) => policy === 'target' && target === 0.7));
  assert.ok(told.results.some(({ policy, target }) => policy === 'hpa' && target === null));
  assert.match(readFileSync(join(folder, 'x.html'), 'utf8'), /<h1>Back-test on peak<\/h1>/);
  const { results } = JSON.parse(readFileSync(join(folder, 'x.json'), 'utf8')) as typeof told;
  assert.deepEqual(results, told.results);
});

test('a service of the configuration is the model, with its own rules; without it a table tells the defaults, and 99 what was not met', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'peak.csv'), TRACE);
  const scale = { min: 2, max: 5, policy: 'target', target: { concurrency: 2 } };
  const services = { api: { command: 'node a.js', concurrency: 4, scale } };
  writeFileSync(join(folder, 'tidegate.config.json'), JSON.stringify({ services }));
  const { code, out, err } = await simulate(folder, '--policy', 'target', '--json');
  assert.equal(code, 0, err);
  const { traces, service } = JSON.parse(out) as {
    traces: { model: Record<string, unknown> }[];
    service: string;
  };
  const { concurrency, min, max } = traces[0]?.model ?? {};
  assert.deepEqual([service, concurrency, min, max], ['api', 4, 2, 5]);
  const wrong = await simulate(folder, '--service', 'apu');
  assert.deepEqual([wrong.code, wrong.out], [2, '']);
  assert.match(wrong.err, /no service apu.*\n→ Did you mean api\?/);

  const few = ['--policy', 'static', '--policy', 'hpa'];
  const unmet = await simulate(folder, ...few, '--no-config', '--expect', 'static.cost<1.01');
  assert.equal(unmet.code, 99, unmet.err);
  assert.match(
    unmet.out,
    /^peak {2}30 min in steps of 3 min: 20 to 110\/s, at the peak 6 replicas\n/,
  );
  assert.match(unmet.out, /a replica serves 20\/s .* 1 to 24 replicas/);
  assert.match(unmet.out, /\n {2}hpa .*at 0\.8\n/);
  assert.match(unmet.out, /✗ static\.cost<1\.01 {2}measured .*, expected below 1\.01/);
});

test('an interrupted back-test tells nothing, ends with 130, and leaves no thread at work', async (t) => {
  const folder = temporaryFolder(t);
  const child = spawn(TIDEGATE, ['simulate', '--trace', 'elb', '--sweep', '--report', 'x.html'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.after(() => child.kill('SIGKILL'));
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (piece: Buffer) => out.push(piece));
  child.stderr.on('data', (piece: Buffer) => err.push(piece));
  await until('replays are under way', () =>
    globSync(`/proc/${child.pid}/task/*/comm`).some((path) =>
      ifThere(() => readFileSync(path, 'utf8')).startsWith('WorkerThread'),
    ),
  );
  const closed = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGINT');
  assert.equal(await closed, 130);
  assert.deepEqual(Buffer.concat(out).toString(), '');
  assert.match(Buffer.concat(err).toString(), /^Interrupted: nothing is told/);
  assert.ok(!existsSync(join(folder, 'x.html')));
});

test('an expectation that is not met is 99 though nobody reads what is printed', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'peak.csv'), TRACE);
  const few = ['--no-config', '--trace', 'peak.csv', '--seeds', '1', '--policy', 'static'];
  const child = spawn(TIDEGATE, ['simulate', ...few, '--expect', 'static.cost<1.01'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  child.stdout.destroy();
  assert.deepEqual(await once(child, 'exit'), [99, null]);
});

test('a trace that never comes is left with two interrupts', async (t) => {
  const folder = temporaryFolder(t);
  execFileSync('mkfifo', ['pipe'], { cwd: folder });
  // Both ends are open in itself: what it waits for never comes, and never ends.
  const child = spawn(
    'sh',
    ['-c', 'exec "$0" simulate --no-config --trace /dev/fd/3 3<>pipe', TIDEGATE],
    { cwd: folder, stdio: 'ignore' },
  );
  t.after(() => child.kill('SIGKILL'));
  await until('the trace is read', () => {
    const open = globSync(`/proc/${child.pid}/fd/*`).map((path) =>
      ifThere(() => readlinkSync(path)),
    );
    return open.filter((path) => path.endsWith('/pipe')).length > 1;
  });
  await until('it ended', () => {
    child.kill('SIGINT');
    return child.exitCode !== null || child.signalCode !== null;
  });
  assert.equal(child.signalCode, 'SIGINT');
});

test('history comes from the running project; where none runs that is said', async (t) => {
  const project = await createProject(
    t,
    {
      services: {
        api: { command: 'node server.cjs', scale: { min: 1, max: 3 } },
        // Only one of the two scales: nobody has to say which is meant.
        fixed: { command: 'node server.cjs', scale: { min: 1, max: 1 } },
      },
      gateway: { routes: [{ path: '/*', service: 'api' }] },
    },
    { 'server.cjs': helloServer() },
  );
  const replay = (...span: string[]) =>
    project.run('simulate', '--from-history', ...span, '--policy', 'target', '--json');
  const nobody = await replay();
  assert.equal(nobody.code, 1);
  assert.equal((JSON.parse(nobody.out) as { code: string }).code, 'CONTROL_NOT_RUNNING');
  assert.equal((await project.run('up', '-d')).code, 0);
  const before = await replay('--from', '2h', '--to', '1h');
  assert.equal((JSON.parse(before.out) as { code: string }).code, 'HISTORY_EMPTY');
  const admin = await adminOf(project.folder);
  await until('two moments were recorded', async () => {
    const { points } = await admin.history('api');
    return points.filter(({ signals }) => typeof signals.rps === 'number').length >= 2;
  });
  const told = await replay();
  assert.equal(told.code, 0, told.out);
  const { traces, notes, warnings } = JSON.parse(told.out) as {
    traces: { name: string; stepMs: number }[];
    notes: string[];
    warnings: string[];
  };
  assert.deepEqual([traces[0]?.name, traces[0]?.stepMs], ['api', 1_000]);
  assert.match(notes.join('\n'), /Recorded in steps of 1 s.*\n.*service time is supposed/);
  assert.match(notes.join('\n'), /start-up time of .* s was learned from 1 start\b/);
  assert.match(warnings.join('\n'), /nobody asks|one replica carries/);
});

// Private

/** A descriptor that is closed or a thread that ends meanwhile is of no interest. */
function ifThere(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
