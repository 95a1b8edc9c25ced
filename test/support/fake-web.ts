import { mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { silentLog } from '../../src/kit/log.ts';
import type { Log } from '../../src/kit/log.ts';
import { placeOf } from '../../src/state/place.ts';
import { createClient } from '../../src/web/client.ts';
import type { Client } from '../../src/web/client.ts';
import { startWeb } from '../../src/web/server.ts';
import { T0, fakeControl } from './fake-control.ts';
import type { FakeControl } from './fake-control.ts';
import { temporaryFolder } from './temporary.ts';

export const TOKEN = 'f00dfeedf00dfeedf00dfeedf00dfeed';

export interface FakeWeb {
  readonly control: FakeControl;
  readonly url: string;
  readonly client: Client;
  /** The server's time; a test moves it. */
  readonly clock: { at: number; now(): number };
  ask(path: string, options?: Ask): Promise<Answer>;
  close(): Promise<void>;
}

export interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Undefined where the body is not JSON. */
  readonly json: Record<string, unknown> | undefined;
}

export const BEARER = { authorization: `Bearer ${TOKEN}` };

/** A real server on a free port over a control plane in memory; closed after the test. */
export async function startFakeWeb(
  t: Pick<TestContext, 'after'>,
  { log = silentLog, host = '127.0.0.1' }: { log?: Log; host?: string } = {},
): Promise<FakeWeb> {
  const control = fakeControl();
  const clock = { at: T0, now: () => clock.at };
  const web = await startWeb({
    control,
    host,
    port: 0,
    token: TOKEN,
    clock,
    log,
    version: '1.2.3',
  });
  t.after(() => web.close());
  return {
    control,
    url: web.url,
    client: createClient({ url: web.url, token: TOKEN }),
    clock,
    ask: (path, options) => ask(web.url, path, options),
    close: () => web.close(),
  };
}

/** A project folder whose `.tidegate/` points to the server, as the control plane leaves it. */
export function folderOf(
  t: Pick<TestContext, 'after'>,
  { url }: { url: string },
  changes: { token?: string; pid?: number; configPath?: string } = {},
): string {
  const folder = temporaryFolder(t);
  const state = join(folder, '.tidegate');
  mkdirSync(state, { mode: 0o700 });
  const address = {
    place: placeOf(state),
    pid: changes.pid ?? process.pid,
    adminUrl: url,
    startedAt: T0,
    configPath: changes.configPath ?? null,
  };
  writeFileSync(join(state, 'control.json'), JSON.stringify(address));
  writeFileSync(join(state, 'token'), `${changes.token ?? TOKEN}\n`, { mode: 0o600 });
  return folder;
}

/** One request with exactly these headers. */
export async function ask(url: string, path: string, options: Ask = {}): Promise<Answer> {
  const response = await open(url, path, options);
  response.setEncoding('utf8');
  let text = '';
  for await (const chunk of response as AsyncIterable<string>) text += chunk;
  const isJson = text !== '' && /\/(problem\+)?json/.test(response.headers['content-type'] ?? '');
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    text,
    json: isJson ? (JSON.parse(text) as Record<string, unknown>) : undefined,
  };
}

/** The answer as soon as its head is there; the body is the caller's. */
export function open(url: string, path: string, options: Ask = {}): Promise<IncomingMessage> {
  const { method = 'GET', headers = {}, body } = options;
  const payload = body === undefined ? undefined : JSON.stringify(body);
  const type = payload === undefined ? {} : { 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const call = request(
      new URL(path, url),
      { method, agent: false, headers: { ...type, ...headers } },
      resolve,
    );
    call.on('error', reject);
    call.end(payload);
  });
}
