import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MINUTE } from '../kit/clock.ts';
import { codeOf } from '../kit/errors.ts';
import type { PolicyName } from '../spec/spec.ts';
import { placeOf } from '../state/place.ts';
import type { AlertView } from './alert-contract.ts';
import type {
  DeployAnswer,
  DeploymentView,
  Explanation,
  History,
  LogEntry,
  LoginCode,
  PauseAnswer,
  PurgeAnswer,
  ScaleAnswer,
  ServiceStatus,
  Status,
} from './contract.ts';
import type { RecommendationView } from './recommendation-contract.ts';
import { answerBroken, stateNotReadable } from './errors.ts';
import type { TaskFilter } from '../tasks/books.ts';
import type { TaskView } from '../tasks/task.ts';
import type { LiveEvent } from './event-contract.ts';
import { filledIn } from './older-status.ts';
import type { SendTask, TaskList } from './task-contract.ts';
import { createTransport } from './transport.ts';

/** The admin API, typed. Every call throws TidegateError with the problem's code, CONTROL_NOT_RUNNING or ANSWER_BROKEN. */
export interface Client {
  status(): Promise<Status>;
  services(): Promise<readonly ServiceStatus[]>;
  service(name: string): Promise<ServiceStatus>;
  /**
   * The newest first; `at` asks for the decision in force then, `from` and `to` for those made between, and what happened
   * meanwhile; ms since the epoch. `policy`: those of one that may decide beside the live one.
   */
  decisions(
    name: string,
    query?: { last?: number; at?: number; from?: number; to?: number; policy?: PolicyName },
  ): Promise<Explanation>;
  /** Times in ms since the epoch; the last hour by default. */
  history(name: string, query?: { from?: number; to?: number; limit?: number }): Promise<History>;
  /** Firing, pending, and resolved in the last hour. */
  alerts(): Promise<readonly AlertView[]>;
  /** What could be better, seen in what was recorded. */
  recommendations(): Promise<readonly RecommendationView[]>;
  /** `4`, `'+1'`, `'-1'`, `'auto'`. */
  scale(name: string, count: number | string): Promise<ScaleAnswer>;
  pause(name: string): Promise<PauseAnswer>;
  resume(name: string): Promise<PauseAnswer>;
  /** Forgets the answers that the gateway keeps of a route, or of all (null). */
  purge(route: string | null): Promise<PurgeAnswer>;
  /** Begins to apply the configuration file, of one service or of all. */
  deploy(service?: string): Promise<DeployAnswer>;
  rollback(name: string): Promise<DeployAnswer>;
  restart(name: string): Promise<DeployAnswer>;
  deployment(id: number): Promise<DeploymentView>;
  /** Stops it where it is; the answer comes when it stands still. */
  interrupt(id: number): Promise<DeploymentView>;
  /** Ends with the stream, or quietly when the signal aborts. */
  logs(query: LogsRequest, signal?: AbortSignal): AsyncGenerator<LogEntry, void, undefined>;
  /** Begins with the status; ends with the stream, or quietly when the signal aborts. */
  events(signal?: AbortSignal): AsyncGenerator<LiveEvent, void, undefined>;
  loginCode(): Promise<LoginCode>;
  /** The newest first. */
  tasks(filter?: TaskFilter): Promise<readonly TaskView[]>;
  task(id: string): Promise<TaskView>;
  sendTask(task: SendTask): Promise<TaskView>;
  retryTask(id: string): Promise<TaskView>;
  cancelTask(id: string): Promise<TaskView>;
}

export interface LogsRequest {
  /** Absent: every service. */
  readonly service?: string;
  readonly lines?: number;
  /** ms since the epoch */
  readonly since?: number;
  readonly grep?: string;
  readonly follow?: boolean;
}

/** `url` as in `control.json`, `token` as in `.tidegate/token`. */
export function createClient({ url, token }: { url: string; token: string }): Client {
  const { json, lines } = createTransport(url, token);
  const service = (name: string): string => `/api/v1/services/${encodeURIComponent(name)}`;
  const task = (id: string): string => `/api/v1/tasks/${encodeURIComponent(id)}`;
  return {
    status: async () => filledIn(await json({ path: '/api/v1/status' })),
    services: async () =>
      (await json<{ services: readonly ServiceStatus[] }>({ path: '/api/v1/services' })).services,
    service: (name) => json({ path: service(name) }),
    decisions: (name, query = {}) => json({ path: `${service(name)}/decisions${queryOf(query)}` }),
    history: (name, query = {}) => json({ path: `${service(name)}/history${queryOf(query)}` }),
    alerts: async () =>
      (await json<{ alerts: readonly AlertView[] }>({ path: '/api/v1/alerts' })).alerts,
    recommendations: async () =>
      (
        await json<{ recommendations: readonly RecommendationView[] }>({
          path: '/api/v1/recommendations',
        })
      ).recommendations,
    scale: (name, count) =>
      json({ method: 'POST', path: `${service(name)}/scale`, body: { count } }),
    pause: (name) => json({ method: 'POST', path: `${service(name)}/pause` }),
    resume: (name) => json({ method: 'POST', path: `${service(name)}/resume` }),
    purge: (route) =>
      json({
        method: 'POST',
        path: '/api/v1/cache/purge',
        body: route === null ? {} : { route },
      }),
    deploy: (name) =>
      json({ path: '/api/v1/deploy', ...SLOW, body: name === undefined ? {} : { service: name } }),
    rollback: (name) => json({ path: `${service(name)}/rollback`, ...SLOW }),
    restart: (name) => json({ path: `${service(name)}/restart`, ...SLOW }),
    deployment: (id) => json({ path: `/api/v1/deployments/${id}` }),
    interrupt: (id) => json({ path: `/api/v1/deployments/${id}/interrupt`, ...SLOW }),
    tasks: async (filter = {}) =>
      (await json<TaskList>({ path: `/api/v1/tasks${queryOf(filter)}` })).tasks,
    task: (id) => json({ path: task(id) }),
    sendTask: (body) => json({ method: 'POST', path: '/api/v1/tasks', body }),
    retryTask: (id) => json({ method: 'POST', path: `${task(id)}/retry` }),
    cancelTask: (id) => json({ method: 'POST', path: `${task(id)}/cancel` }),
    loginCode: () => json({ method: 'POST', path: '/api/v1/login-codes' }),
    async *logs(query, signal) {
      const path = `/api/v1/logs${queryOf({ ...query })}`;
      for await (const line of lines(path, signal)) yield parse(line, path) as LogEntry;
    },
    async *events(signal) {
      const path = '/api/v1/events';
      let event = '';
      for await (const line of lines(path, signal)) {
        if (line.startsWith('event: ')) event = line.slice('event: '.length);
        else if (line.startsWith('data: '))
          yield { event, data: parse(line.slice('data: '.length), path) } as LiveEvent;
      }
    },
  };
}

/** What the control plane leaves for its clients in `.tidegate/control.json`, with the token beside it. */
export interface ControlAddress {
  readonly pid: number;
  /** The configuration file it was started with, absolute; null: none (`tidegate run`). */
  readonly configPath: string | null;
  readonly adminUrl: string;
  /** ms since the epoch */
  readonly startedAt: number;
  readonly token: string;
}

/** As it stands in the file. `place` is the folder's, see `state/place.ts`: in a copy it says nothing of anybody here. */
export type NotedAddress = Omit<ControlAddress, 'token'> & { readonly place: string };

/**
 * The control plane of the project in this folder, or null when none was started or its process is gone: the token is
 * not shown to whoever may have taken the port since. @throws TidegateError STATE_NOT_READABLE
 */
export async function findControl(folder: string): Promise<ControlAddress | null> {
  const state = join(folder, '.tidegate');
  try {
    const [text, token] = await Promise.all([
      readFile(join(state, 'control.json'), 'utf8'),
      readFile(join(state, 'token'), 'utf8'),
    ]);
    const noted = addressOf(text);
    if (!noted || !isAlive(noted.pid)) return null;
    const { place, ...address } = noted;
    return place === placeOf(state) ? { ...address, token: token.trim() } : null;
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return null;
    throw stateNotReadable(state, thrown);
  }
}

// Private

/** The checks that come before a deployment evaluate the user's file and ask HAProxy. */
const SLOW = { method: 'POST', timeoutMs: MINUTE } as const;

function queryOf(values: object): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(values))
    if (value !== undefined) query.set(key, String(value));
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

function parse(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw answerBroken(what, cause);
  }
}

/** Null for a file that is being written at this moment, or that a crash cut short. */
function addressOf(text: string): NotedAddress | null {
  try {
    return JSON.parse(text) as NotedAddress;
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (thrown) {
    return codeOf(thrown) === 'EPERM';
  }
}
