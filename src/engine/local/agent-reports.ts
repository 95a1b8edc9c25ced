import { chmodSync, renameSync, rmSync, statSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Clock } from '../../kit/clock.ts';
import { SECOND } from '../../kit/clock.ts';
import type { EventLoopUsage } from '../../signals/sample.ts';

export interface AgentReports {
  readonly socketPath: string;
  /**
   * The worst of all Node processes of a replica over about the last second; `silent` when one of them was heard
   * before and is not now, as a blocked loop cannot be; null when none was heard.
   */
  of(replica: string): EventLoopUsage;
  /** Lets programs of other users reach the socket; the nonce still decides who is heard. */
  openToOthers(): void;
  close(): Promise<void>;
}

/** Takes the reports of `agent.cjs` on a unix socket in the run folder. */
export async function listenToAgents(
  runFolder: string,
  nonce: string,
  clock: Clock,
): Promise<AgentReports> {
  const socketPath = join(runFolder, 'agent.sock');
  const agents = new Map<Socket, Agent>();
  const server = createServer((socket) => {
    agents.set(socket, { replica: null, latest: null });
    socket.setEncoding('utf8').unref();
    let rest = '';
    socket.on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() as string;
      const heard = lines.every((line) => hear(socket, line));
      if (!heard || rest.length > LONGEST_LINE) socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => agents.delete(socket));
  });
  server.maxConnections = MOST_AGENTS;

  const hear = (socket: Socket, line: string): boolean => {
    const agent = agents.get(socket);
    const report = parse(line);
    if (!agent || !report) return false;
    if (agent.replica === null) {
      if (report.nonce !== nonce || typeof report.replica !== 'string') return false;
      const { replica } = report;
      if ([...agents.values()].filter((other) => other.replica === replica).length >= MOST_OF_ONE) {
        return false;
      }
      agents.set(socket, { replica, latest: null });
      return true;
    }
    const { delayP99Ms, utilization } = report;
    if (!isAmount(delayP99Ms) || !isAmount(utilization)) return false;
    agents.set(socket, { ...agent, latest: { at: clock.now(), delayP99Ms, utilization } });
    return true;
  };

  // Made beside its place and moved there: the control plane we take over from removes only what it made itself.
  const made = join(runFolder, `a.${process.pid}`);
  rmSync(made, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(made, resolve);
  });
  server.unref();
  chmodSync(made, 0o600);
  renameSync(made, socketPath);
  const { ino } = statSync(socketPath);

  return {
    socketPath,
    of(replica) {
      const all = [...agents.values()].filter((agent) => agent.replica === replica);
      const since = clock.now() - STALE_AFTER_MS;
      const fresh = all.flatMap(({ latest }) => (latest && latest.at >= since ? [latest] : []));
      // A newcomer that has not reported yet says nothing against the others; one that fell silent does.
      const silent = all.some(({ latest }) => latest !== null && latest.at < since);
      if (silent) return 'silent';
      if (fresh.length === 0) return null;
      return {
        delayP99Ms: Math.max(...fresh.map((report) => report.delayP99Ms)),
        utilization: Math.max(...fresh.map((report) => report.utilization)),
      };
    },
    openToOthers() {
      chmodSync(socketPath, 0o666);
      // They pass through the folder without seeing what is in it; each socket in there has a lock of its own.
      chmodSync(runFolder, (statSync(runFolder).mode & 0o777) | 0o001);
    },
    async close() {
      for (const socket of agents.keys()) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      if (statSync(socketPath, { throwIfNoEntry: false })?.ino === ino) rmSync(socketPath);
    },
  };
}

// Private

interface Agent {
  readonly replica: string | null;
  readonly latest: {
    readonly at: number;
    readonly delayP99Ms: number;
    readonly utilization: number;
  } | null;
}

const STALE_AFTER_MS = 3 * SECOND;
const LONGEST_LINE = 4096;
const MOST_AGENTS = 4096;
const MOST_OF_ONE = 64;

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
