import { pino } from 'pino';

/** Facts first, sentence second; `error` takes the thrown value under `err`. Log transitions, not polls. */
export interface Log {
  info(facts: object, sentence: string): void;
  warn(facts: object, sentence: string): void;
  error(facts: object, sentence: string): void;
  debug(facts: object, sentence: string): void;
}

/** JSON lines to a file descriptor or path, one per line, written at once so that a crash loses none. */
export function createLog(destination: number | string, level: 'debug' | 'info' = 'info'): Log {
  const stream = pino.destination({ dest: destination, sync: true, mkdir: true, mode: 0o600 });
  // A full disk must not end the control plane: the line is lost, the program goes on.
  stream.on('error', () => undefined);
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, redact: SECRET },
    stream,
  );
}

/** An address that is none is in what is thrown for it, with the password of a database say. */
const SECRET = ['err.input', 'err.aggregateErrors[*].input'];

/** Swallows everything; for tests and one-shot commands. */
export const silentLog: Log = { info() {}, warn() {}, error() {}, debug() {} };
