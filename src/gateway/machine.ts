import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import type { GatewayMachine } from './plan.ts';

/** 10,000 clients and some room; fewer where descriptors are capped. */
export const WANTED_CONNECTIONS = 12_000;

/** What HAProxy needs besides clients, at the least: servers, checks, sockets. */
const SPARE_DESCRIPTORS = 500;

export interface Machine extends Omit<GatewayMachine, 'lua' | 'programs'> {
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
    threads: gatewayThreads(availableParallelism()),
    maxConnections: maxConnections(limits ?? ''),
    dropTo: account && { user: account.user, group: account.group },
    groupId: account && account.groupId,
  };
}

/**
 * Half of the cores: the other half is the services'. One thread carries some 40,000 requests a second, and each further
 * one makes every request a little dearer.
 */
export function gatewayThreads(cores: number): number {
  return Math.max(1, Math.floor(cores / 2));
}

/**
 * Clients at once. Each costs one descriptor, most only keep their connection alive and share the few connections to
 * servers, so an eighth of the descriptors is left for those. Unknown limits do not hold anybody back.
 */
export function maxConnections(limits: string): number {
  const descriptors = descriptorLimit(limits);
  const spare = Math.max(SPARE_DESCRIPTORS, Math.ceil(descriptors / 8));
  const affordable = descriptors === Infinity ? Infinity : descriptors - spare;
  return Math.max(100, Math.min(WANTED_CONNECTIONS, affordable));
}

/** Requests that can be at a server at the same moment: the second descriptor, for whoever has a connection. */
export function maxRequests(limits: string): number {
  const left = descriptorLimit(limits) - SPARE_DESCRIPTORS - maxConnections(limits);
  return Math.max(0, Math.min(maxConnections(limits), left));
}

/** The hard limit of /proc/self/limits, up to which HAProxy raises its own; Infinity when unknown. */
export function descriptorLimit(limits: string): number {
  const hard = /^Max open files\s+\S+\s+(\S+)/m.exec(limits)?.[1];
  return hard === undefined || hard === 'unlimited' ? Infinity : Number(hard);
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
