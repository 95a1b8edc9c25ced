import { connect, type LookupFunction, type Socket } from 'node:net';
import { codeOf } from '../../kit/errors.ts';
import { createAnswerParser } from './answer-parser.ts';
import { lookupOnce } from './lookup-once.ts';
import { outcomeOfCode, outcomeOfStatus, type Outcome } from './outcome.ts';
import type { TargetRequest } from './target.ts';

/** A keep-alive connection for one request at a time; opened at the first and anew where it was closed. */
export interface Connection {
  /**
   * Sends a request once the one before has ended, and tells later, once, how it ended. Never throws. `budgetMs` is
   * what is left of the request's timeout.
   */
  ask(request: TargetRequest, budgetMs: number, ended: (outcome: Outcome) => void): void;
  /** Resets what is under way, which then ends as `reset`; may be asked again. */
  close(): void;
}

/** Opens connections to the server of `url`, whose name is looked up once for all of them. */
export function createConnector(url: URL): () => Connection {
  const address = {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(url.port || 80),
    lookup: lookupOnce(),
    // Where a listener's queue is full, the kernel asks again after a second: no reason to try another address.
    autoSelectFamilyAttemptTimeout: 30_000,
  };
  return () => openConnection(address);
}

// Private

interface Address {
  readonly host: string;
  readonly port: number;
  readonly lookup: LookupFunction;
  readonly autoSelectFamilyAttemptTimeout: number;
}

/** What was read is dealt with before the next read, so one buffer does for all connections. */
const READ = Buffer.allocUnsafe(65_536);

function openConnection(address: Address): Connection {
  const parser = createAnswerParser();
  let socket: Socket | null = null;
  let ended: ((outcome: Outcome) => void) | null = null;
  let timer: NodeJS.Timeout | undefined;

  const settle = (outcome: Outcome): void => {
    const tell = ended;
    ended = null;
    clearTimeout(timer);
    tell?.(outcome);
  };
  /** Nothing that comes from it counts any more. */
  const drop = (): void => {
    socket?.destroy();
    socket = null;
  };
  const fail = (outcome: Outcome): void => {
    drop();
    settle(outcome);
  };
  const read = (length: number): void => {
    // Nobody has asked: what comes is the farewell of a server that closes.
    const answer = ended === null ? 'broken' : parser.push(READ, length);
    if (answer === 'more') return;
    if (answer === 'broken') return fail('protocol');
    // A server that has answered before it had all of the request is not asked again on this connection.
    if (!answer.keepAlive || (socket?.writableLength ?? 0) > 0) drop();
    settle(outcomeOfStatus(answer.status));
  };
  const open = (): Socket => {
    const opened = connect({
      ...address,
      noDelay: true,
      onread: {
        buffer: READ,
        callback(length) {
          if (opened === socket) read(length);
          return true;
        },
      },
    });
    const over = (outcome: Outcome): void => {
      if (opened !== socket) return;
      const last = ended === null ? null : parser.end();
      fail(last ? outcomeOfStatus(last.status) : outcome);
    };
    opened.on('error', (error) => {
      if (opened === socket) fail(outcomeOfCode(codeOf(error) ?? 'other'));
    });
    opened.on('end', () => over('reset'));
    opened.on('close', () => over('reset'));
    return opened;
  };

  return {
    ask(request, budgetMs, tell) {
      ended = tell;
      parser.begin(request.method);
      timer = setTimeout(() => fail('timeout'), Math.max(1, budgetMs));
      socket ??= open();
      socket.write(request.bytes);
    },
    close() {
      fail('reset');
    },
  };
}
