import { chmodSync, closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { codeOf } from '../kit/errors.ts';
import { createControlStore } from './controls.ts';
import { createDecisionStore } from './decisions.ts';
import { createDeploymentStore } from './deployments.ts';
import { asStateError, stateCorrupt } from './errors.ts';
import { createFactStore } from './facts.ts';
import { createIncidentStore } from './incidents.ts';
import { createMemoryStore } from './memories.ts';
import { checkVersion, migrate } from './migrate.ts';
import { readOrMakeNonce } from './nonce.ts';
import { createReplicaStore } from './replicas.ts';
import { sweepHistory } from './retention.ts';
import { createRevisionStore } from './revisions.ts';
import { createSampleStore } from './samples.ts';
import { createShadowStore } from './shadows.ts';
import { hasSoundHeader, refuseDamagedPages, refuseForeignTables } from './soundness.ts';
import { openSql } from './sql.ts';
import type { Sql } from './sql.ts';
import type { Store } from './store.ts';
import { createWriteBehind } from './write-behind.ts';

/**
 * Opens the state file, making it and its folder where they are absent. `now` in ms since the epoch.
 * @throws TidegateError STATE_TOO_NEW (the file is left as it is), STATE_CORRUPT (so is this one), STATE_NOT_WRITABLE
 */
export function openStore(path: string, { now }: { readonly now: () => number }): Store {
  try {
    refuseNewer(path);
    makePrivateFile(path);
    const sql = openSql(path);
    try {
      return storeOn(sql, now);
    } catch (thrown) {
      sql.close();
      throw thrown;
    }
  } catch (thrown) {
    throw orDamage(path, thrown);
  }
}

// Private

function storeOn(sql: Sql, now: () => number): Store {
  // Once committed, a row is in the kernel's hands: it survives any end of this process without an fsync. A power cut
  // may take the last moments (never the file's consistency), and with them goes every process those rows describe.
  sql.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  refuseDamagedPages(sql);
  migrate(sql);
  refuseForeignTables(sql);
  const nonce = readOrMakeNonce(sql);
  const behind = createWriteBehind(sql, now);
  const samples = createSampleStore(sql, behind, now);
  return {
    replicas: createReplicaStore(sql),
    decisions: createDecisionStore(sql, behind),
    shadows: createShadowStore(sql, behind),
    revisions: createRevisionStore(sql),
    deployments: createDeploymentStore(sql),
    incidents: createIncidentStore(sql),
    samples,
    controls: createControlStore(sql),
    memories: createMemoryStore(sql),
    facts: createFactStore(sql),
    nonce,
    sweep(at) {
      behind.flush();
      sql.transaction(() => {
        samples.sweep(at);
        sweepHistory(sql, at);
      });
    },
    close() {
      try {
        behind.flush();
      } finally {
        sql.close();
      }
    },
  };
}

/** Through a connection that cannot write: closing one that can would fold the WAL of the newer version into the file. */
function refuseNewer(path: string): void {
  if (!existsSync(path)) return;
  const sql = openSql(path, 'read');
  try {
    checkVersion(sql);
  } finally {
    sql.close();
  }
}

/** SQLite gives `-wal` and `-shm` the mode of the file beside them. */
function makePrivateFile(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600));
    for (const file of [path, `${path}-wal`, `${path}-shm`])
      if (existsSync(file)) chmodSync(file, 0o600);
  } catch (thrown) {
    throw asStateError(path, thrown);
  }
}

/** What else SQLite refuses while a file is opened, with statements that work on any sound one, is damage. */
function orDamage(path: string, thrown: unknown): unknown {
  if (codeOf(thrown) === 'ERR_SQLITE_ERROR') return stateCorrupt(path, thrown);
  const readOnly =
    codeOf(thrown) === 'STATE_NOT_WRITABLE' &&
    codeOf((thrown as Error).cause) === 'ERR_SQLITE_ERROR';
  return readOnly && !hasSoundHeader(path) ? stateCorrupt(path, thrown) : thrown;
}
