import { Pool, type Dispatcher } from 'undici';
import { codeOf, messageOf } from '../../kit/errors.ts';
import { CAPACITY_PATH, TASK_HEADERS } from '../../spec/tasks-program.ts';
import { EXCERPT_BYTES, excerptOf } from '../excerpt.ts';
import type { Reply } from '../outcome.ts';
import type { Claimed } from '../store/claim.ts';
import type { Result } from '../store/finish.ts';

export interface Delivered {
  readonly reply: Reply;
  /** What a replica answered; null: none did. */
  readonly result: Result | null;
}

export interface Deliverer {
  /**
   * Sends a task to its service through the gateway; never rejects. The time it may take runs from `begunAt`, asked again
   * when it is over (`performance.now()`): what waits for a replica to wake has not begun.
   */
  deliver(task: Claimed, service: string, begunAt: () => number): Promise<Delivered>;
  /** Service → replicas that take requests. @throws when the gateway does not say */
  capacity(): Promise<Readonly<Record<string, number>>>;
  /** What is under way is broken off. */
  destroy(): Promise<void>;
}

/** `socketPath`: the gateway's listener for deliveries. Bodies of answers above `resultLimitBytes` are not kept. */
export function createDeliverer(socketPath: string, resultLimitBytes: number): Deliverer {
  // As many connections as deliveries. Idle ones are closed by us, long before the gateway would do it.
  const pool = new Pool(ORIGIN, {
    socketPath,
    keepAliveTimeout: IDLE_MS,
    keepAliveMaxTimeout: IDLE_MS,
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  return {
    deliver: (task, service, begunAt) =>
      new Promise((resolve) => {
        const handler = receive(task, resultLimitBytes, begunAt, resolve);
        const { method, path, body } = task;
        const headers = headersOf(task, service);
        try {
          pool.dispatch({ method, path, headers, body }, handler);
        } catch (thrown) {
          handler.onResponseError?.(undefined as never, thrown as Error);
        }
      }),
    async capacity() {
      const signal = AbortSignal.timeout(CAPACITY_MS);
      const { statusCode, body } = await pool.request({
        method: 'GET',
        path: CAPACITY_PATH,
        signal,
      });
      const text = await body.text();
      if (statusCode !== 200)
        throw new Error(`The gateway answered ${statusCode} to ${CAPACITY_PATH}`);
      return JSON.parse(text) as Record<string, number>;
    },
    destroy: () => pool.destroy(),
  };
}

// Private

const ORIGIN = 'http://localhost';
const IDLE_MS = 4_000;
const CAPACITY_MS = 2_000;

/** Of one hop, of our own, made anew, or for a browser that is not there: a cookie would be in every list and callback. */
const NOT_FORWARDED =
  /^(connection|content-length|expect|keep-alive|proxy-.*|set-cookie2?|te|trailer|transfer-encoding|upgrade|task-.*|x-tidegate-.*)$/i;

function headersOf(task: Claimed, service: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name in task.headers) {
    if (!NOT_FORWARDED.test(name)) headers[name] = task.headers[name] as string;
  }
  headers[TASK_HEADERS.service] = service;
  headers['task-id'] = task.id.replaceAll('-', '');
  headers['task-attempt'] = `${task.attempt}`;
  headers['task-queue'] = task.queue;
  if (task.subject !== null) headers['task-subject'] = task.subject;
  return headers;
}

/** Reads one answer and tells what it came to, once. */
function receive(
  { timeoutMs }: Claimed,
  limitBytes: number,
  begunAt: () => number,
  done: (delivered: Delivered) => void,
): Dispatcher.DispatchHandler {
  let controller: Dispatcher.DispatchController | undefined;
  let status = 0;
  let headers: Dispatcher.ResponseData['headers'] = {};
  let chunks: Buffer[] = [];
  let bytes = 0;
  /** Of an answer that is no success, also where it is too large to be kept. */
  let beginning = Buffer.alloc(0);
  let over = false;

  const end = (delivered: Delivered): void => {
    if (over) return;
    over = true;
    clearTimeout(timer);
    done(delivered);
  };
  const onTime = (): void => {
    const leftMs = begunAt() + timeoutMs - performance.now();
    if (leftMs > 1) {
      timer = setTimeout(onTime, leftMs);
      return;
    }
    end({ reply: { kind: 'timeout', timeoutMs }, result: null });
    controller?.abort(new Error('timeout'));
  };
  let timer = setTimeout(onTime, timeoutMs);

  return {
    onRequestStart(given) {
      controller = given;
      // It was not sent yet when its time was over.
      if (over) given.abort(new Error('timeout'));
    },
    onResponseStart(_, given, givenHeaders) {
      status = given;
      headers = givenHeaders;
    },
    onResponseData(_, chunk) {
      bytes += chunk.length;
      if (status >= 300 && beginning.length < EXCERPT_BYTES) {
        const more = chunk.subarray(0, EXCERPT_BYTES - beginning.length);
        beginning = Buffer.concat([beginning, more]);
      }
      if (bytes <= limitBytes) chunks.push(chunk);
      else chunks = [];
    },
    onResponseEnd() {
      const retryAfter = headers['retry-after'];
      const byReplica = headers[TASK_HEADERS.answeredBy] !== undefined;
      const keptHeaders = kept(headers);
      end({
        reply: {
          kind: 'answered',
          status,
          retryAfter: typeof retryAfter === 'string' ? retryAfter : null,
          byReplica,
          excerpt: byReplica ? excerptOf(beginning, keptHeaders) : null,
        },
        result: byReplica ? { status, headers: keptHeaders, body: joined(chunks), bytes } : null,
      });
    },
    onResponseError(_, thrown) {
      if (controller === undefined && codeOf(thrown) === 'UND_ERR_INVALID_ARG') {
        const message = `It cannot be sent as a request: ${messageOf(thrown)}.`;
        return end({ reply: { kind: 'impossible', message }, result: null });
      }
      const message = `The connection to the service broke: ${messageOf(thrown)}.`;
      const kind =
        controller === undefined && UNSENT.has(codeOf(thrown) ?? '') ? 'unsent' : 'broken';
      end({ reply: { kind, message }, result: null });
    },
  };
}

/** The gateway was not reached at all. */
const UNSENT: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOENT',
  'EACCES',
  'EAGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_SOCKET',
  'UND_ERR_DESTROYED',
]);

function kept(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  const some: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined && !NOT_FORWARDED.test(name)) {
      some[name] = typeof value === 'string' ? value : value.join(', ');
    }
  }
  return some;
}

function joined(chunks: readonly Buffer[]): Buffer | null {
  const [first, ...others] = chunks;
  if (first === undefined) return null;
  return others.length === 0 ? first : Buffer.concat(chunks);
}
