import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import type { GatewayMachine } from './plan.ts';

/** 10,000 clients and some room; fewer where descriptors are capped. */
export const WANTED_CONNECTIONS = 12_000;

/** What HAProxy needs besides connections: checks, sockets, maps. */
const SPARE_DESCRIPTORS = 500;

export interface Machine extends GatewayMachine {
  /** The numeric id of `dropTo.group`; null without it. */
  readonly groupId: number | null;
}

/** What this machine allows the gateway: threads, connections by the descriptor limit, whom to become when we are root. */
export async function readMachine(): Promise<Machine> {
  const [limits, passwd, group] = await Promise.all(
    ['/proc/self/limits', '/etc/passwd', '/etc/group'].map((path) =>
      readFile(path, 'utf8').catch(() => ''),
    ),
  );
  const account = process.getuid?.() === 0 ? accountToDropTo(passwd ?? '', group ?? '') : null;
  return {
    threads: availableParallelism(),
    maxConnections: maxConnections(limits ?? ''),
    dropTo: account && { user: account.user, group: account.group },
    groupId: account && account.groupId,
  };
}

/** A connection costs two descriptors, the client's and the server's. Unknown limits do not hold anybody back. */
export function maxConnections(limits: string): number {
  const hard = /^Max open files\s+\S+\s+(\S+)/m.exec(limits)?.[1];
  const descriptors = hard === undefined || hard === 'unlimited' ? Infinity : Number(hard);
  const affordable = Math.floor((descriptors - SPARE_DESCRIPTORS) / 2);
  return Math.max(100, Math.min(WANTED_CONNECTIONS, affordable));
}

/** `haproxy` where the package made one, else `nobody`; with the name of the user's own group. */
export function accountToDropTo(
  passwd: string,
  group: string,
): { readonly user: string; readonly group: string; readonly groupId: number } | null {
  for (const user of ['haproxy', 'nobody']) {
    const groupId = new RegExp(`^${user}:[^:]*:\\d+:(\\d+):`, 'm').exec(passwd)?.[1];
    const groupName = new RegExp(`^([^:\\n]+):[^:\\n]*:${groupId}:`, 'm').exec(group)?.[1];
    if (groupId !== undefined && groupName !== undefined)
      return { user, group: groupName, groupId: Number(groupId) };
  }
  return null;
}
