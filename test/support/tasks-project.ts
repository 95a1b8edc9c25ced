import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { ReadableStream } from 'node:stream/web';
import type { TestContext } from 'node:test';
import type { TaskView } from '../../src/tasks/task.ts';
import type { Client } from '../../src/web/client.ts';
import { adminOf } from './admin.ts';
import { createProject, type Project } from './project.ts';
import { until } from './until.ts';

const SECRETS = { main: 'm'.repeat(48), other: 'o'.repeat(48) } as const;
const retried = { retries: 2, backoff: { least: '10ms', most: '20ms' } };
const jwtOf = (name: string): object => ({ algorithms: ['HS256'], keys: { file: `${name}.txt` } });

const CONFIG = {
  services: { worker: { command: 'node worker.cjs', scale: { min: 1, max: 1 } } },
  gateway: {
    jwt: { main: jwtOf('main'), other: jwtOf('other') },
    routes: [
      { path: '/other/*', service: 'worker', auth: 'other', async: true },
      { path: '/api/*', service: 'worker', auth: 'main', async: true, bodyLimit: '32KB' },
      { service: 'worker' },
    ],
  },
  tasks: {
    auth: 'main',
    bodyLimit: '64KB',
    queues: {
      default: { service: 'worker', path: '/run', ...retried },
      reports: { delivery: 'pull', ...retried },
    },
  },
};

/** Answers with what it got; its body says what else it answers, attempt by attempt: `{"first":[500,429]}`. */
const WORKER = `
  const { createServer } = require('node:http');
  createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { method, url, headers } = request;
    const attempt = Number(headers['task-attempt'] ?? 1);
    const { first = [] } = body.startsWith('{') ? JSON.parse(body) : {};
    const status = first[attempt - 1] ?? 200;
    if (status === 'never') return;
    response.writeHead(status, {
      'content-type': 'application/json',
      'set-cookie': 'a=b',
      ...(status === 429 ? { 'retry-after': '1' } : {}),
    });
    response.end(JSON.stringify({ method, url, headers, length: body.length }));
  }).listen(process.env.PORT, process.env.HOST);
`;

/** What the worker says of a request. */
export interface Echo {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The project, and who asks it. */
export interface TasksProject {
  readonly project: Project;
  readonly admin: Client;
  ask(path: string, init?: RequestInit): Promise<Response>;
  /** Sends with a token, and reads the task that was taken. */
  send(path: string, init?: RequestInit): Promise<TaskView>;
  /** Waits for its end. */
  ended(id: string): Promise<TaskView>;
}

/** Proves to be `sub`, vouched for by a key set. */
export function bearer(
  sub = 'ann',
  name: keyof typeof SECRETS = 'main',
): { authorization: string } {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const exp = Math.floor(Date.now() / 1000) + 600;
  const input = `${part({ alg: 'HS256' })}.${part({ sub, exp })}`;
  const signature = createHmac('sha256', SECRETS[name]).update(input).digest('base64url');
  return { authorization: `Bearer ${input}.${signature}` };
}

/** Everything that is real, from the gateway to the worker; ended with the test. */
export async function startTasksProject(t: TestContext): Promise<TasksProject> {
  const project = await createProject(t, CONFIG, {
    'worker.cjs': WORKER,
    'main.txt': SECRETS.main,
    'other.txt': SECRETS.other,
  });
  const up = await project.run('up', '-d');
  assert.equal(up.code, 0, up.out + up.err);
  const ask: TasksProject['ask'] = (path, { headers, ...init } = {}) =>
    fetch(`${project.gatewayUrl}${path}`, {
      method: init.body == null ? 'GET' : 'POST',
      ...init,
      headers: { ...bearer(), ...(headers as Record<string, string>) },
    });
  return {
    project,
    admin: await adminOf(project.folder),
    ask,
    async send(path, init) {
      const response = await ask(path, { method: 'POST', ...init });
      const text = await response.text();
      assert.equal(response.status, 202, text);
      return JSON.parse(text) as TaskView;
    },
    async ended(id) {
      return until(`${id} ends`, async () => {
        const task = (await (await ask(`/tasks/${id}?wait=20s`)).json()) as TaskView;
        return task.finishedAt && task;
      });
    },
  };
}

/** A body whose length nobody announces, in pieces of 4 kB. */
export function chunked(bytes: number): RequestInit {
  const pieces = Array.from({ length: bytes / 4_000 }, () => Buffer.alloc(4_000, 'x'));
  return { body: ReadableStream.from(pieces), duplex: 'half' } as RequestInit;
}
