// PostgreSQL on the port Tidegate gives it, with its data where it was the last time.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { publishAddress } from '../shared/address.ts';
import { passOnSignals } from '../shared/child.ts';
import { fill } from './fill.ts';
import { prepareCluster } from './cluster.ts';

const { PORT = '', HOST = '127.0.0.1' } = process.env;
const cluster = prepareCluster();
const postgres = spawn(
  cluster.binary('postgres'),
  [
    '-D',
    cluster.folder,
    '-p',
    PORT,
    '-c',
    `listen_addresses=${HOST}`,
    '-c',
    'unix_socket_directories=',
  ],
  { stdio: 'inherit', ...cluster.owner },
);
// SIGINT is how PostgreSQL is told to end now, without waiting for its clients to leave.
passOnSignals(postgres, 'SIGINT');

const url = `postgres://app:${cluster.password}@${HOST}:${PORT}/postgres`;
for (;;) {
  const client = new Client({ connectionString: url });
  try {
    await client.connect();
    await fill(client, randomBytes);
    await client.end();
    break;
  } catch (thrown) {
    await client.end().catch(() => undefined);
    // It answers "starting up" for a moment; anything else is worth reading.
    console.error(thrown instanceof Error ? thrown.message : thrown);
    await delay(100);
  }
}
publishAddress('database', url);
