import type { Agent, ClientRequest, IncomingMessage } from 'node:http';
import { request } from 'node:http';
import { formatDuration } from '../kit/duration.ts';
import { codeOf } from '../kit/errors.ts';

/** The most a part may answer with. */
export const MOST_BYTES = 1024 * 1024;

/** The most that the parts of one answer may have together: many answers are held at a time. */
export const MOST_BYTES_TOGETHER = 4 * MOST_BYTES;

/** What the parts of one answer may still send; they share it. */
export interface Room {
  bytes: number;
}

export type Outcome =
  | {
      readonly kind: 'answered';
      /** Text that is JSON. */
      readonly json: string;
      readonly headers: IncomingMessage['headers'];
    }
  | {
      readonly kind: 'failed';
      /** The part's own, or 502 where it has none that tells, or 504. */
      readonly status: number;
      /** What it did, after its name: `'answered 503'`. */
      readonly detail: string;
      readonly headers: IncomingMessage['headers'];
    };

export interface PartRequest {
  readonly socketPath: string;
  readonly agent: Agent;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly room: Room;
}

/** A part that is being asked for. */
export interface AskedPart {
  /** Never rejects; not settled once aborted. */
  readonly outcome: Promise<Outcome>;
  abort(): void;
}

/** Asks the gateway for a part. What takes too long, or is too large, is hung up on. */
export function askPart(part: PartRequest): AskedPart {
  let outgoing: ClientRequest;
  let timer: NodeJS.Timeout;
  let over = false;
  const hangUp = (): void => {
    over = true;
    clearTimeout(timer);
    outgoing.destroy();
  };
  const outcome = new Promise<Outcome>((resolve) => {
    const settle = (result: Outcome): void => {
      resolve(result);
      // Read to its end, an answer leaves a connection that can be used again.
      if (result.kind === 'answered') clearTimeout(timer);
      else hangUp();
    };
    const ask = (mayRepeat: boolean): ClientRequest => {
      const { socketPath, path, headers } = part;
      // The second time on a connection of its own: others that are kept may have been closed as well.
      const agent = mayRepeat ? part.agent : false;
      return request({ socketPath, agent, path, headers })
        .once('response', (response) => {
          mayRepeat = false;
          read(response, part.room, settle);
        })
        .on('error', (error) => {
          if (over) return;
          // The gateway closed a kept connection just as it was used again; a GET may be sent again.
          if (mayRepeat && outgoing.reusedSocket && codeOf(error) === 'ECONNRESET') {
            outgoing = ask(false);
          } else settle(failed(502, 'could not be asked for'));
        })
        .end();
    };
    timer = setTimeout(
      () => settle(failed(504, `did not answer within ${formatDuration(part.timeoutMs)}`)),
      part.timeoutMs,
    );
    outgoing = ask(true);
  });
  return { outcome, abort: hangUp };
}

// Private

function failed(
  status: number,
  detail: string,
  headers: IncomingMessage['headers'] = {},
): Outcome & { kind: 'failed' } {
  return { kind: 'failed', status, detail, headers };
}

function read(response: IncomingMessage, room: Room, settle: (outcome: Outcome) => void): void {
  const { statusCode = 0, headers } = response;
  response.on('error', () => settle(failed(502, 'broke off its answer')));
  if (statusCode < 200 || statusCode > 299) {
    settle(failed(statusCode < 400 ? 502 : statusCode, `answered ${statusCode}`, headers));
    return;
  }
  if (headers['content-encoding'] !== undefined) {
    settle(failed(502, 'answered in an encoding that it was not asked for'));
    return;
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  const onData = (chunk: Buffer): void => {
    bytes += chunk.length;
    room.bytes -= chunk.length;
    if (bytes <= MOST_BYTES && room.bytes >= 0) {
      chunks.push(chunk);
      return;
    }
    response.off('data', onData);
    // What it had taken is there for parts that fit.
    room.bytes += bytes;
    const alone = bytes > MOST_BYTES;
    settle(failed(502, alone ? 'answered with more than 1 MB' : 'made the answer exceed 4 MB'));
  };
  response.on('data', onData);
  response.on('end', () => {
    const body = Buffer.concat(chunks, bytes);
    const json = statusCode === 204 && bytes === 0 ? 'null' : jsonIn(body);
    settle(
      json === null
        ? failed(502, 'answered with something that is not JSON')
        : { kind: 'answered', json, headers },
    );
  });
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** The text as it came, so that long numbers stay as they are; null: it is not JSON. */
function jsonIn(body: Buffer): string | null {
  try {
    const text = UTF8.decode(body);
    JSON.parse(text);
    return text;
  } catch {
    return null;
  }
}
