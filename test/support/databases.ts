import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { Client } from 'pg';
import { createClient } from 'redis';
import { systemClock } from '../../src/kit/clock.ts';
import { silentLog } from '../../src/kit/log.ts';
import type { DatabaseSpec } from '../../src/spec/databases.ts';
import { placeOf } from '../../src/state/place.ts';
import { createDatabases, type DatabasesOptions } from '../../src/databases/create.ts';
import type { Databases } from '../../src/databases/databases.ts';
import { endLeftDatabases } from '../../src/databases/leftovers.ts';
import { killAtOurEnd } from './at-our-end.ts';

export const MAIN: DatabaseSpec = { name: 'main', kind: 'postgres', url: null, implicit: false };
export const CACHE: DatabaseSpec = { name: 'cache', kind: 'redis', url: null, implicit: false };
export const never = new AbortController().signal;

/** A state folder whose servers end with the test. Their users must be able to come through to it. */
export function stateFolderOf(t: TestContext) {
  const folder = mkdtempSync('/var/tmp/tidegate-test-db-');
  chmodSync(folder, 0o711);
  const nonce = randomBytes(32).toString('hex');
  killAtOurEnd(nonce);
  const opened: Databases[] = [];
  t.after(async () => {
    // First: what ends while it is looked after comes back.
    for (const databases of opened) await databases.close();
    await endLeftDatabases(nonce);
    rmSync(folder, { recursive: true, force: true });
  });
  const warnings: string[] = [];
  const open = (
    specs: readonly DatabaseSpec[],
    other: Partial<DatabasesOptions> = {},
  ): Databases => {
    const databases = createDatabases({
      specs,
      folder: join(folder, 'databases'),
      placeOf,
      nonce,
      elsewhere: null,
      logsFolder: join(folder, 'logs'),
      readSecret: () => assert.fail('no secret is asked for'),
      clock: systemClock,
      log: silentLog,
      tell: () => undefined,
      warn: (sentence) => warnings.push(sentence),
      giveUp: never,
      ...other,
    });
    opened.push(databases);
    return databases;
  };
  return { folder, nonce, warnings, open };
}

export async function query(url: string, text: string): Promise<readonly unknown[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query({ text, rowMode: 'array' })).rows.flat();
  } finally {
    await client.end();
  }
}

export async function command(url: string, ...words: string[]): Promise<unknown> {
  const client = createClient({ url, socket: { reconnectStrategy: false } });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await client.sendCommand(words);
  } finally {
    client.destroy();
  }
}

export function viewOf(databases: Databases, name: string) {
  const found = databases.view().find((each) => each.name === name);
  assert.ok(found);
  return found;
}
