import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import { createLogFiles } from '../../process/log-file.ts';
import { prove } from '../../process/identity.ts';
import { spawn } from '../../process/spawn.ts';
import { createSessionReader } from '../../process/table.ts';
import type { ReplicaUsage } from '../../signals/sample.ts';
import type { Engine, ReplicaExit } from '../engine.ts';
import { unknownReplica } from '../errors.ts';
import { foundReplicas, markOf, watchForEnd } from './adopted.ts';
import { listenToAgents } from './agent-reports.ts';
import { replicaArgv, replicaEnvironment } from './environment.ts';
import { createHostReader } from './host.ts';
import { replicaLog, sweepLogs, type ReplicaLog } from './log-folder.ts';
import { createLogMarks } from './log-marks.ts';
import { portsOfReplica } from './listener.ts';
import { readLogs, tailOf } from './logs.ts';
import { createPorts } from './ports.ts';
import { createReplicas, type Replica } from './replicas.ts';
import { untilHealthy } from './until-healthy.ts';
import { createUsageMeter } from './usage.ts';

export interface LocalEngineOptions {
  /** Logs go to `logs/<service>/<replica>.log` in it. */
  readonly stateFolder: string;
  /** For the agents' socket; its path must be short. */
  readonly runFolder: string;
  /** Marks the project's processes, see `ProcessIdentity`. */
  readonly nonce: string;
  /** Where the gateway answers now: a replica is told when it starts. */
  readonly gatewayUrl: () => string;
  /** Where the gateway takes requests of our own programs. */
  readonly partsSocket: string;
  readonly log: Log;
  readonly clock: Clock;
}

/**
 * Replicas as processes of this machine, each leading a session of its own. They outlive the engine: `close` only lets
 * go of them.
 */
export async function createLocalEngine(options: LocalEngineOptions): Promise<Engine> {
  const { nonce, gatewayUrl, log, clock } = options;
  const logFolder = join(options.stateFolder, 'logs');
  for (const folder of [logFolder, options.runFolder]) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }
  const agents = await listenToAgents(options.runFolder, nonce, clock);
  const files = createLogFiles(log);
  const marks = createLogMarks();
  const ports = createPorts();
  const readSessions = createSessionReader();
  const meter = createUsageMeter();
  const readHost = createHostReader();
  const listeners: ((exit: ReplicaExit) => void)[] = [];
  let closed = false;

  const lookAtLog = ({ log }: Replica): void => {
    marks.note(log.path, files.check(log.path), clock.now());
  };
  const replicas = createReplicas({
    log,
    clock,
    onEnd(replica, exit) {
      lookAtLog(replica);
      marks.forget(replica.log.path);
      for (const listener of listeners) listener(exit);
    },
    onGone: ({ running }) => ports.give(running.address.port),
  });
  const hasEnded = (replica: Replica, exit: Pick<ReplicaExit, 'code' | 'signal'>): void => {
    // Whoever let go of the replicas leaves them to the next engine, also what the dead ones left behind.
    if (!closed) void replicas.hasEnded(replica, exit);
  };
  const watch = watchForEnd(replicas.running, (replica) =>
    hasEnded(replica, { code: null, signal: null }),
  );
  const logOf = (id: string): ReplicaLog =>
    replicas.get(id)?.log ?? replicaLog(logFolder, id.slice(0, id.lastIndexOf('-')), id);

  return {
    async start(order) {
      replicas.refuseKnown(order.id);
      const port = await ports.take();
      try {
        const place = {
          host: '127.0.0.1',
          port,
          gatewayUrl: gatewayUrl(),
          agentSocket: agents.socketPath,
          partsSocket: options.partsSocket,
        };
        if (order.user !== null) agents.openToOthers();
        const ids = new Set(replicas.running().map((replica) => replica.running.id));
        sweepLogs(logFolder, order.service, ids);
        const logOf = replicaLog(logFolder, order.service, order.id);
        const { pid, identity, exited } = await spawn(
          {
            argv: replicaArgv(order.service, order.command, place),
            cwd: order.cwd,
            env: replicaEnvironment(order, place, process.env),
            user: order.user,
            nonce,
            logPath: logOf.path,
          },
          files,
        );
        const replica = replicas.add(
          {
            id: order.id,
            address: { host: place.host, port },
            pid,
            startedAt: clock.now(),
            identity: { ...identity, mark: markOf(order.id) },
          },
          logOf,
          false,
        );
        void exited.then((exit) => hasEnded(replica, exit));
        return replica.running;
      } catch (thrown) {
        ports.give(port);
        throw thrown;
      }
    },

    found: () => foundReplicas(nonce, clock.now()).filter(({ id }) => !replicas.get(id)),

    async adopt(running) {
      replicas.refuseKnown(running.id);
      const proof = prove(running.identity);
      if (proof === 'unproven') return proof;
      if (proof === 'gone') {
        await replicas.endLeftBehind(running);
        return proof;
      }
      ports.hold(running.address.port);
      replicas.add(running, logOf(running.id), true);
      return 'adopted';
    },

    async untilHealthy(id, health, signal, onUnhealthy = () => undefined) {
      const replica = replicas.get(id);
      if (!replica) throw unknownReplica(id);
      await untilHealthy(replica, health, clock, signal, onUnhealthy);
    },

    async stop(id, graceMs) {
      const replica = replicas.get(id);
      if (!replica) return;
      await replicas.end(replica, graceMs);
      watch.look();
    },

    async measure() {
      const measured = replicas.running();
      const sessions = readSessions(
        new Set(measured.map((replica) => replica.running.identity.sessionId)),
      );
      const usages = meter(sessions, performance.now());
      const byId = new Map<string, ReplicaUsage>();
      for (const replica of measured) {
        lookAtLog(replica);
        const { id, identity } = replica.running;
        const usage = usages.get(identity.sessionId);
        // It ended and we have not heard of it yet.
        if (usage) byId.set(id, { id, ...usage, eventLoop: agents.of(id) });
      }
      return byId;
    },

    async listensOn(id) {
      const replica = replicas.get(id);
      return replica && replica.exit === null ? portsOfReplica(replica) : null;
    },

    host: () => Promise.resolve(readHost()),

    tail: (id, lines) => tailOf(logOf(id), lines),

    logs: (query, signal) => readLogs(logFolder, query, signal),

    onExit(listener) {
      listeners.push(listener);
    },

    async close() {
      closed = true;
      watch.close();
      listeners.length = 0;
      await agents.close();
    },
  } satisfies Engine;
}
