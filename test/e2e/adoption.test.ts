import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { GATEWAY_FACT } from '../../src/control/leftovers.ts';
import { identify } from '../../src/process/identity.ts';
import { isRunning, readStat } from '../../src/process/stat.ts';
import { openStore } from '../../src/state/open.ts';
import { adminOf, scaleTo } from '../support/admin.ts';
import { carriersOf, endControl, killCarriers, runningOf } from '../support/control.ts';
import { linesOf, openLedger } from '../support/ledger/ledger.ts';
import { createProject, TIDEGATE } from '../support/project.ts';
import type { Project } from '../support/project.ts';
import { until } from '../support/until.ts';

async function ledgerProject(t: TestContext) {
  const ledger = openLedger(t);
  const project = await createProject(t, {
    // On a slow machine a test takes longer than the usual window, after which an idle service loses replicas.
    services: { web: { ...ledger.service, scale: { min: 1, max: 4, window: '5m' } } },
  });
  await up(project);
  return { ledger, project };
}

async function up(project: Project, ...flags: string[]): Promise<string> {
  const { code, out, err } = await project.run('up', '-d', ...flags);
  assert.equal(code, 0, out + err);
  return err;
}

test('a control plane that is killed or replaced under load costs no request, no replica, no pin and no decision', async (t) => {
  const { ledger, project } = await ledgerProject(t);
  await scaleTo(await adminOf(project.folder), 'web', 3);
  const before = runningOf(await project.status());
  assert.equal(Object.keys(before).length, 4);
  const sender = ledger.send({ url: project.gatewayUrl, users: 4, thinkMs: 5 });

  for (const end of ['kill', 'kill', 'replace'] as const) {
    const { ended } = await sender.progress();
    if (end === 'kill') {
      await endControl(project.folder, 'SIGKILL');
      const { code, err } = await project.run('status');
      assert.equal(code, 1);
      assert.match(err, /; the gateway \(pid \d+\) and 3 replicas go on serving\.\n.*takes over/);
    }
    const said = await up(project, ...(end === 'replace' ? ['--replace'] : []));
    assert.match(
      said,
      /Went on with what was running: the gateway \(pid \d+\), web-1, web-2, web-3/,
    );
    const status = await project.status();
    assert.deepEqual(runningOf(status), before, end);
    assert.equal(status.services[0]?.pinned, 3);
    await until('requests went on', async () => (await sender.progress()).ended > ended);
  }

  const account = await sender.finish();
  for (const line of linesOf(account)) t.diagnostic(line);
  assert.deepEqual(account.gets.failures, []);
  assert.deepEqual(account.posts.failures, []);
  assert.deepEqual(account.posts.twice, []);
  assert.deepEqual(account.posts.missing, []);
  const { decisions } = await (await adminOf(project.folder)).decisions('web', { last: 10 });
  const pinned = decisions.filter(({ binding }) => binding === 'pinned');
  assert.equal(pinned.length, 1, 'one decision, which went on through all of it');
  assert.equal((await project.run('down')).code, 0);
  assert.deepEqual(carriersOf(project.folder), []);
});

test('with --keep SIGTERM ends the control plane alone; who is replaced in the foreground says so', async (t) => {
  const { project } = await ledgerProject(t);
  const before = runningOf(await project.status());

  /** A control plane in the foreground that takes over from the one that runs. */
  const inForeground = async (...flags: string[]) => {
    const child = spawn(TIDEGATE, ['up', '--replace', ...flags], { cwd: project.folder });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    // At its exit not all that it said need have been read.
    const ended = once(child, 'close').then(([code]) => ({ code: code as number, said }));
    await until('it answers', async () => (await adminPidOf(project)) === child.pid);
    return { child, ended };
  };

  const kept = await inForeground('--keep');
  kept.child.kill('SIGTERM');
  const left = await kept.ended;
  assert.equal(left.code, 0);
  assert.match(left.said, /the gateway and the replicas go on/);
  assert.equal((await fetch(project.gatewayUrl)).status, 200);
  assert.match((await project.run('status')).err, /no control plane|not running/i);

  const other = await inForeground('--keep');
  await up(project, '--replace');
  const replaced = await other.ended;
  assert.equal(replaced.code, 0);
  assert.match(replaced.said, /Another control plane has taken over/);
  assert.deepEqual(runningOf(await project.status()), before);

  const last = await inForeground('--keep');
  const down = await project.run('down');
  assert.match(down.out, /^Stopped/, 'down ends everything, whatever --keep says');
  assert.equal((await last.ended).code, 0);
  assert.deepEqual(carriersOf(project.folder), []);
});

test('a damaged state file is said and set aside, and what runs is found without it', async (t) => {
  const { project } = await ledgerProject(t);
  await scaleTo(await adminOf(project.folder), 'web', 2);
  const before = runningOf(await project.status());
  await endControl(project.folder, 'SIGKILL');
  const state = join(project.folder, '.tidegate');
  for (const part of ['-wal', '-shm']) rmSync(join(state, `state.db${part}`), { force: true });
  writeFileSync(join(state, 'state.db'), 'no database at all '.repeat(500));

  const said = await up(project);
  assert.match(said, /state file was damaged .* Pins, pauses and history are gone/);
  assert.ok(readdirSync(state).some((name) => name.startsWith('state.db.damaged-')));
  assert.deepEqual(runningOf(await project.status()), before);
  const { replicas } = await scaleTo(await adminOf(project.folder), 'web', 3);
  assert.deepEqual(replicas.map(({ id }) => id).sort(), ['web-1', 'web-2', 'web-3']);

  await endControl(project.folder, 'SIGKILL');
  writeFileSync(join(state, 'state.db'), 'and damaged once more '.repeat(500));
  assert.match((await project.run('down')).out, /ended what was left: .*web-3/);
  assert.deepEqual(carriersOf(project.folder), []);
});

test('a start that fails takes away what it started, and leaves what ran before', async (t) => {
  const { project } = await ledgerProject(t);
  const before = runningOf(await project.status());
  // Where the last thing that a start writes would go.
  const obstacle = join(project.folder, '.tidegate', 'control.json.new');
  await endControl(project.folder, 'SIGKILL');
  mkdirSync(obstacle);
  const config = join(project.folder, 'tidegate.config.json');
  writeFileSync(config, readFileSync(config, 'utf8').replace('"max": 4', '"max": 3'));
  const failed = await project.run('up', '-d');
  assert.equal(failed.code, 1);
  assert.equal((await fetch(project.gatewayUrl)).status, 200);

  rmdirSync(obstacle);
  await up(project);
  const status = await project.status();
  assert.deepEqual(runningOf(status), before);
  assert.equal(status.services[0]?.max, 4, 'the file was changed, and nobody deployed it');
  assert.deepEqual(status.drift?.keys, ['services.web.scale.max']);

  assert.equal((await project.run('down')).code, 0);
  mkdirSync(obstacle);
  assert.equal((await project.run('up', '-d')).code, 1);
  assert.deepEqual(carriersOf(project.folder), []);
  rmdirSync(obstacle);
  await up(project);
  assert.equal((await project.status()).services[0]?.max, 3, 'where nothing runs the file counts');
});

test('after everything was killed, as by a reboot, an edit that nobody deployed waits; after down it counts', async (t) => {
  const { project } = await ledgerProject(t);
  await endControl(project.folder, 'SIGKILL');
  killCarriers(project.folder);
  await until('nothing runs', () => carriersOf(project.folder).length === 0);
  const config = join(project.folder, 'tidegate.config.json');
  writeFileSync(config, readFileSync(config, 'utf8').replace('"max": 4', '"max": 3'));
  const said = await up(project);
  assert.match(
    said,
    /goes on with the configuration in force; the file differs in: services\.web\.scale\.max/,
  );
  assert.equal((await project.status()).services[0]?.max, 4);

  await endControl(project.folder, 'SIGKILL');
  assert.equal((await project.run('down')).code, 0);
  await up(project);
  assert.equal((await project.status()).services[0]?.max, 3);
});

test('what merely looks like ours is named and left alone, by up and by down', async (t) => {
  const { project } = await ledgerProject(t);
  await endControl(project.folder, 'SIGKILL');
  const taken = createServer((socket) => socket.destroy()).listen(project.adminPort, '127.0.0.1');
  t.after(() => taken.close());
  await once(taken, 'listening');
  const refused = await project.run('up', '-d');
  assert.match(refused.err, /What was running goes on/);
  taken.close();
  await once(taken, 'close');
  const stranger = spawn('sleep', ['300'], { detached: true });
  t.after(() => stranger.kill('SIGKILL'));
  const pid = stranger.pid as number;
  const believe = (): void => {
    const store = openStore(join(project.folder, '.tidegate', 'state.db'), { now: Date.now });
    // All of it is right but the nonce, which a stranger does not have.
    const identity = identify(pid, store.nonce);
    const [row] = store.replicas.live();
    assert.ok(row && identity);
    store.replicas.put({ ...row, id: 'web-77', pid, identity });
    store.facts.set(GATEWAY_FACT, { ...(store.facts.get(GATEWAY_FACT) as object), identity });
    store.close();
  };
  believe();
  const before = await up(project);
  assert.match(before, new RegExp(`web-77 \\(pid ${pid}\\) may be left .* left running`));
  assert.doesNotMatch(await up(project, '--replace'), /web-77/, 'it is not asked again for ever');

  await endControl(project.folder, 'SIGKILL');
  believe();
  assert.match(
    (await project.run('down')).err,
    new RegExp(`left running.*web-77 \\(pid ${pid}\\)`),
  );
  assert.ok(isRunning(readStat(pid)));
  assert.deepEqual(carriersOf(project.folder), []);
});

// Private

async function adminPidOf(project: Project): Promise<number | null> {
  try {
    const path = join(project.folder, '.tidegate', 'control.json');
    return (JSON.parse(readFileSync(path, 'utf8')) as { pid: number }).pid;
  } catch {
    return null;
  }
}
