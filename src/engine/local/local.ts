import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../kit/clock.ts';
import { messageOf } from '../../kit/errors.ts';
import type { Log } from '../../kit/log.ts';
import { createLogFiles } from '../../process/log-file.ts';
import { spawn } from '../../process/spawn.ts';
import { portsOf } from '../../process/listening.ts';
import { createSessionReader, membersOf, readProcessTable } from '../../process/table.ts';
import { terminate, type Termination } from '../../process/terminate.ts';
import type { ReplicaUsage } from '../../signals/sample.ts';
import type { Engine, ReplicaExit, RunningReplica } from '../engine.ts';
import { exited, neverReady, unknownReplica } from '../errors.ts';
import { listenToAgents } from './agent-reports.ts';
import { replicaArgv, replicaEnvironment } from './environment.ts';
import { untilAnswering } from './health.ts';
import { createHostReader } from './host.ts';
import { replicaLog, sweepLogs, type ReplicaLog } from './log-folder.ts';
import { createLogMarks } from './log-marks.ts';
import { readLogs, tailOf } from './logs.ts';
import { createPorts } from './ports.ts';
import { createUsageMeter } from './usage.ts';

export interface LocalEngineOptions {
  /** Logs go to `logs/<service>/<replica>.log` in it. */
  readonly stateFolder: string;
  /** For the agents' socket; its path must be short. */
  readonly runFolder: string;
  /** Marks the project's processes, see `ProcessIdentity`. */
  readonly nonce: string;
  readonly gatewayUrl: string;
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
  const replicas = new Map<string, Replica>();

  const lookAtLog = ({ log }: Replica): void => {
    marks.note(log.path, files.check(log.path), clock.now());
  };
  const running = (): readonly Replica[] =>
    [...replicas.values()].filter((replica) => replica.exit === null);

  /** One termination per replica: the first call starts it, later ones may shorten its grace. */
  const end = async (replica: Replica, graceMs: number): Promise<void> => {
    if (replica.termination) replica.termination.shorten(graceMs);
    else replica.termination = terminate(replica.running.identity, graceMs);
    try {
      await replica.termination.done;
    } catch (thrown) {
      // What could not be ended may be tried again.
      replica.termination = null;
      throw thrown;
    }
  };

  const onEnd = async (replica: Replica, exit: Omit<ReplicaExit, 'id' | 'at'>): Promise<void> => {
    const { id } = replica.running;
    replica.exit = { id, ...exit, at: clock.now() };
    replica.ended.abort();
    lookAtLog(replica);
    marks.forget(replica.log.path);
    for (const listener of listeners) listener(replica.exit);
    try {
      // A group without its leader serves nobody; a stop under way keeps its own grace.
      await (replica.termination?.done ?? end(replica, LEFT_BEHIND_GRACE_MS));
      ports.give(replica.running.address.port);
    } catch (err) {
      log.error({ replica: id, err }, `could not end what ${id} left behind: ${messageOf(err)}`);
    }
    forgetOldest();
  };

  /** Ended replicas stay known for a while, so that whoever asks late still hears how they ended. */
  const forgetOldest = (): void => {
    const ended = [...replicas.values()].filter((replica) => replica.exit !== null);
    for (const { running } of ended.slice(0, -KNOWN_ENDED)) replicas.delete(running.id);
  };

  return {
    async start(order) {
      const port = await ports.take();
      try {
        const place = { host: '127.0.0.1', port, gatewayUrl, agentSocket: agents.socketPath };
        if (order.user !== null) agents.openToOthers();
        const ids = new Set(running().map((replica) => replica.running.id));
        sweepLogs(logFolder, order.service, ids);
        const logOf = replicaLog(logFolder, order.service, order.id);
        const spawned = await spawn(
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
        const replica: Replica = {
          running: {
            id: order.id,
            address: { host: place.host, port },
            pid: spawned.pid,
            startedAt: clock.now(),
            identity: { ...spawned.identity, mark: `TIDEGATE_REPLICA=${order.id}` },
          },
          log: logOf,
          ended: new AbortController(),
          exit: null,
          termination: null,
        };
        replicas.set(order.id, replica);
        void spawned.exited.then((exit) => onEnd(replica, exit));
        return replica.running;
      } catch (thrown) {
        ports.give(port);
        throw thrown;
      }
    },

    async untilHealthy(id, health, signal) {
      const replica = replicas.get(id);
      if (!replica) throw unknownReplica(id);
      const { address, startedAt } = replica.running;
      const late = new AbortController();
      const leftMs = Math.max(0, startedAt + health.startupMs - clock.now());
      const timer = setTimeout(() => late.abort(), leftMs);
      try {
        const any = AbortSignal.any([signal, replica.ended.signal, late.signal]);
        await untilAnswering(address, health, any);
        // Somebody else may answer on the port of a replica that has just ended.
        replica.ended.signal.throwIfAborted();
      } catch (thrown) {
        signal.throwIfAborted();
        const lastLines = await tailOf(replica.log, LINES_IN_ERRORS);
        if (replica.exit) throw exited(id, replica.exit, lastLines);
        if (late.signal.aborted)
          throw neverReady(id, address.port, health, portsOfSession(replica), lastLines);
        throw thrown;
      } finally {
        clearTimeout(timer);
      }
    },

    async stop(id, graceMs) {
      const replica = replicas.get(id);
      if (replica) await end(replica, graceMs);
    },

    async measure() {
      const measured = running();
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
      return replica && replica.exit === null ? portsOfSession(replica) : null;
    },

    host: () => Promise.resolve(readHost()),

    tail(id, lines) {
      const service = id.slice(0, id.lastIndexOf('-'));
      return tailOf(replicas.get(id)?.log ?? replicaLog(logFolder, service, id), lines);
    },

    logs: (query, signal) => readLogs(logFolder, query, signal),

    onExit(listener) {
      listeners.push(listener);
    },

    async close() {
      listeners.length = 0;
      await agents.close();
    },
  } satisfies Engine;
}

// Private

interface Replica {
  readonly running: RunningReplica;
  readonly log: ReplicaLog;
  /** Aborts when the process ends. */
  readonly ended: AbortController;
  exit: ReplicaExit | null;
  termination: Termination | null;
}

function portsOfSession({ running }: Replica): readonly number[] | null {
  const members = membersOf(readProcessTable(), running.identity.sessionId);
  return portsOf(members.map(({ pid }) => pid));
}

/** What a dead leader's children have to finish in. */
const LEFT_BEHIND_GRACE_MS = 1000;
const LINES_IN_ERRORS = 20;
const KNOWN_ENDED = 1000;
