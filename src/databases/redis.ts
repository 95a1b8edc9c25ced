import { chownSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../kit/errors.ts';
import { makeOwnFolder } from './home.ts';
import { findRedis } from './programs.ts';
import type { ServerKind, ServerSite } from './server-kind.ts';

const ASK_WITHIN_MS = 5_000;

export const redisKind: ServerKind = {
  kind: 'redis',
  program: 'redis-server',
  users: ['redis', 'nobody'],

  async prepare(site, port) {
    const program = findRedis();
    makeOwnFolder(site.data, site.account);
    const path = join(site.folder, 'redis.conf');
    rmSync(path, { force: true });
    writeFileSync(path, configOf(site, port), { flag: 'wx', mode: 0o600 });
    if (site.account) chownSync(path, site.account.uid, site.account.gid);
    return [program, path];
  },

  url: (password, port) => `redis://:${password}@127.0.0.1:${port}/0`,

  // Redis is one process; while it writes its file anew, that is a child of it.
  leaderOf: () => null,

  async ask(url) {
    // A third of all that a control plane would load, which few need.
    const { createClient } = await import('redis');
    const client = createClient({
      url,
      disableOfflineQueue: true,
      socket: { connectTimeout: ASK_WITHIN_MS, reconnectStrategy: false },
    });
    client.on('error', () => undefined);
    // A server that hangs takes connections and says nothing; for that the client has no limit of its own.
    const letGo = (): void => {
      if (client.isOpen) client.destroy();
    };
    let isLate = false;
    const late = setTimeout(() => {
      isLate = true;
      letGo();
    }, ASK_WITHIN_MS);
    try {
      await client.connect();
      const info = await client.info();
      const numberOf = (key: string): number | null => {
        const value = new RegExp(`^${key}:(\\d+)`, 'm').exec(info)?.[1];
        return value === undefined ? null : Number(value);
      };
      const clients = numberOf('connected_clients');
      return {
        connections: clients === null ? null : clients - 1,
        // Redis before 7 does not say.
        maxConnections: numberOf('maxclients'),
        memoryBytes: numberOf('used_memory'),
      };
    } catch (thrown) {
      throw isLate ? new Error(`no answer within ${ASK_WITHIN_MS / 1000} s`) : thrown;
    } finally {
      clearTimeout(late);
      letGo();
    }
  },

  isComing: (thrown) => /^LOADING\b/.test(messageOf(thrown)),
  isRefused: (thrown) => /^(?:WRONGPASS|NOAUTH)\b/.test(messageOf(thrown)),

  endSignals: ['SIGTERM', 'SIGKILL'],
};

// Private

/** What it is told by a file, which no list of processes shows. Every write is in the log on the disk within a second. */
function configOf({ data, password }: ServerSite, port: number): string {
  const settings = [
    'bind 127.0.0.1',
    `port ${port}`,
    'protected-mode yes',
    `requirepass ${password}`,
    // In JSON as in there: double quotes, and a backslash before what would end them.
    `dir ${JSON.stringify(data)}`,
    'appendonly yes',
    'appendfsync everysec',
    'save ""',
    // It would write its name over its environment, by which it is known to be ours.
    'set-proc-title no',
    'daemonize no',
  ];
  return `${settings.join('\n')}\n`;
}
