import { request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { EXIT, TidegateError, codeOf, messageOf } from '../kit/errors.ts';
import type { Problem } from './contract.ts';
import { answerBroken, controlNotRunning } from './errors.ts';

const ANSWER_TIMEOUT_MS = 10_000;
/** Of requests that would be refused again. */
const USAGE_STATUSES: readonly number[] = [400, 404, 422];
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

export interface Call {
  readonly method?: 'GET' | 'POST';
  /** With the query. */
  readonly path: string;
  readonly body?: unknown;
  /** How long the answer may take; 10 s by default. */
  readonly timeoutMs?: number;
}

/** Calls the admin API with the token; every refusal is a TidegateError with the problem's code. */
export interface Transport {
  /** The JSON of the answer. @throws TidegateError CONTROL_NOT_RUNNING, ANSWER_BROKEN, or the problem's code */
  readonly json: <T>(call: Call) => Promise<T>;
  /** The lines of a stream as they come, without their ends, until it ends or the signal aborts. */
  readonly lines: (path: string, signal?: AbortSignal) => AsyncGenerator<string, void, undefined>;
}

export function createTransport(url: string, token: string): Transport {
  return {
    async json<T>({ method = 'GET', path, body, timeoutMs }: Call): Promise<T> {
      const signal = AbortSignal.timeout(timeoutMs ?? ANSWER_TIMEOUT_MS);
      const response = await send({ url, token, method, path, body, signal });
      const text = await textOf(response, path);
      if ((response.statusCode ?? 500) >= 400) throw refusalOf(response, text, path);
      try {
        return JSON.parse(text) as T;
      } catch (cause) {
        throw answerBroken(path, cause);
      }
    },
    async *lines(path, signal) {
      try {
        const response = await send({ url, token, method: 'GET', path, body: undefined, signal });
        if ((response.statusCode ?? 500) >= 400)
          throw refusalOf(response, await textOf(response, path), path);
        let rest = '';
        response.setEncoding('utf8');
        for await (const chunk of response as AsyncIterable<string>) {
          const lines = (rest + chunk).split('\n');
          rest = lines.pop() ?? '';
          yield* lines;
        }
      } catch (thrown) {
        if (signal?.aborted) return;
        throw thrown instanceof TidegateError ? thrown : answerBroken(path, thrown);
      }
    },
  };
}

// Private

interface Order {
  readonly url: string;
  readonly token: string;
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly signal: AbortSignal | undefined;
}

function send({ url, token, method, path, body, signal }: Order): Promise<IncomingMessage> {
  const payload = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      new URL(path, url),
      {
        method,
        // One connection a call: a command is over when its answer is.
        agent: false,
        headers: {
          authorization: `Bearer ${token}`,
          ...(payload === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }),
        },
        ...(signal ? { signal } : {}),
      },
      resolve,
    );
    request.on('error', (thrown) => {
      const gone = ['ECONNREFUSED', 'ENOENT', 'EHOSTUNREACH'].includes(codeOf(thrown) ?? '');
      reject(gone ? controlNotRunning(thrown) : answerBroken(path, thrown));
    });
    request.end(payload);
  });
}

async function textOf(response: IncomingMessage, path: string): Promise<string> {
  response.setEncoding('utf8');
  let text = '';
  try {
    for await (const chunk of response as AsyncIterable<string>) {
      text += chunk;
      if (text.length > MAX_ANSWER_BYTES) throw new Error('the answer is too large');
    }
  } catch (thrown) {
    throw answerBroken(path, thrown);
  }
  return text;
}

/** A problem turned back into the error it was. */
function refusalOf(response: IncomingMessage, text: string, path: string): TidegateError {
  const status = response.statusCode ?? 500;
  let problem: Partial<Problem>;
  try {
    problem = JSON.parse(text) as Partial<Problem>;
  } catch (cause) {
    return answerBroken(`${path} (status ${status}, ${messageOf(cause)})`);
  }
  return new TidegateError(problem.code ?? 'REFUSED', problem.detail ?? `Status ${status}.`, {
    exitCode: USAGE_STATUSES.includes(status) ? EXIT.usage : EXIT.failed,
    ...(problem.hint === undefined ? {} : { hint: problem.hint }),
    facts: { status, ...(problem.errors ? { errors: problem.errors } : {}) },
  });
}
