import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readProcessTable } from '../process/table.ts';
import { MAIN, query, stateFolderOf } from '../../test/support/databases.ts';
import { openHome } from './home.ts';
import { serverAccount } from './kinds.ts';
import { postgresKind } from './postgres.ts';
import type { ServerSite } from './server-kind.ts';

test('data that is still being made for somebody who was killed is left out of what is made now', async (t) => {
  const { folder, nonce, open } = stateFolderOf(t);
  const own = join(folder, 'databases/main');
  const premises = {
    folder: join(folder, 'databases'),
    placeOf: () => '1',
    nonce,
    elsewhere: null,
  };
  const { site } = openHome(premises, 'main', serverAccount(postgresKind));
  const { pid, made } = await heldAtWork(site);
  let goOn = (): void => void process.kill(pid, 'SIGCONT');
  t.after(() => goOn());

  const databases = open([MAIN]);
  await databases.start();
  assert.deepEqual(await query(databases.url('main'), 'select 7'), [7]);
  goOn();
  goOn = () => undefined;
  assert.equal(await made, 'gave up');
  assert.deepEqual(readdirSync(own).toSorted(), ['data', 'password', 'server.json']);
});

// Private

/** An initdb that is at work and stands still, and what becomes of the data it makes. */
async function heldAtWork(site: ServerSite): Promise<{ pid: number; made: Promise<unknown> }> {
  for (;;) {
    const made = postgresKind.prepare(site, 1).catch(() => 'gave up');
    // Nothing is awaited before it stands still: it is this process that moves to its place what was made.
    const pid = stopAtWork(site.folder);
    if (pid !== null) return { pid, made };
    // It was done before it could be stopped.
    await made;
    rmSync(site.data, { recursive: true });
  }
}

/** Null: it has ended. */
function stopAtWork(folder: string): number | null {
  const isAtWork = (): boolean =>
    readdirSync(folder).some(
      (each) => each.startsWith('data.new') && existsSync(join(folder, each, 'global')),
    );
  const sleep = new Int32Array(new SharedArrayBuffer(4));
  for (;;) {
    const ours = [...readProcessTable().values()].filter((each) => each.parentPid === process.pid);
    const initdb = ours.find(({ pid }) => nameOf(pid) === 'initdb');
    if (initdb?.state === 'Z') return null;
    if (initdb?.state === 'T') return initdb.pid;
    if (initdb && isAtWork()) process.kill(initdb.pid, 'SIGSTOP');
    Atomics.wait(sleep, 0, 0, 5);
  }
}

function nameOf(pid: number): string {
  return readFileSync(`/proc/${pid}/comm`, 'utf8').trimEnd();
}
