import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { SECOND } from '../kit/clock.ts';
import { EXIT, TidegateError } from '../kit/errors.ts';
import type { Configuration } from '../spec/configuration.ts';
import { configEnded, configTimeout, configUnreadable } from './config-errors.ts';

/**
 * Long for a file that only says what it wants: on a machine with twenty times as much to do as it can, the start of the
 * process alone takes seven seconds. Short for whoever waits a minute for an answer to `tidegate deploy`.
 */
const TIMEOUT_MS = 30 * SECOND;

/** What the file says, and the variables that it set while it was read. */
export interface ReadApart {
  readonly configuration: Configuration;
  readonly set: Readonly<Record<string, string>>;
}

/** What `config-apart.ts` sends. */
export type ApartAnswer =
  | ({ readonly kind: 'read' } & ReadApart)
  | {
      readonly kind: 'refused';
      readonly code: string;
      readonly message: string;
      readonly hint: string | null;
      readonly facts: Readonly<Record<string, unknown>>;
    };

/**
 * Reads the configuration in a process of its own with our environment: it is a program, which somebody may be in the
 * middle of typing, and one that ends its process, loops or leaks must not take the control plane along.
 * @throws TidegateError what `loadConfig` throws, NOT_IN_THIS_VERSION, CONFIG_ENDED, CONFIG_TIMEOUT; exit code 2
 */
export async function readConfigApart(
  path: string,
  signal?: AbortSignal,
  timeoutMs = TIMEOUT_MS,
): Promise<ReadApart> {
  const answer = await ask(path, signal, timeoutMs);
  if (answer.kind === 'read') return answer;
  const { code, message, hint, facts } = answer;
  throw new TidegateError(code, message, {
    ...(hint === null ? {} : { hint }),
    exitCode: EXIT.usage,
    facts,
  });
}

// Private

const MAX_SAID = 2000;
const LAST_WORDS_MS = 100;
const PROGRAM = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? 'config-apart.ts' : 'config-apart.js', import.meta.url),
);

function ask(
  path: string,
  signal: AbortSignal | undefined,
  timeoutMs: number,
): Promise<ApartAnswer> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...process.execArgv, PROGRAM, path], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      // Keeps what JSON would lose, such as `undefined`.
      serialization: 'advanced',
      ...(signal ? { signal, killSignal: 'SIGKILL' } : {}),
    });
    let said = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-MAX_SAID);
    });
    const timer = setTimeout(() => {
      reject(configTimeout(path, timeoutMs));
      child.kill('SIGKILL');
    }, timeoutMs);
    // The file may use the channel for words of its own.
    child.on('message', (answer: { readonly kind?: unknown } | null) => {
      if (answer?.kind === 'read' || answer?.kind === 'refused') resolve(answer as ApartAnswer);
    });
    child.once('error', (cause) => reject(configUnreadable(path, cause)));
    child.once('exit', () => {
      clearTimeout(timer);
      // What it started may hold its output open for good.
      setTimeout(() => child.stderr?.destroy(), LAST_WORDS_MS);
    });
    // After its output: what it said last is the reason.
    child.once('close', (code, by) => {
      const how = by === null ? `exit code ${code ?? '?'}` : by;
      reject(configEnded(path, how, said.trim().split('\n').at(-1) ?? ''));
    });
  });
}
