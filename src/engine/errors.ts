import { EXIT, TidegateError } from '../kit/errors.ts';
import { humanDuration } from '../kit/duration.ts';
import type { HealthSpec } from '../spec/spec.ts';
import { tellingLine } from './telling-line.ts';

export function noFreePort(from: number, to: number): TidegateError {
  return new TidegateError('NO_FREE_PORT', `no port between ${from} and ${to} is free`, {
    hint: 'See who holds them with: ss -ltnp',
    facts: { from, to },
  });
}

export function unknownReplica(id: string): TidegateError {
  return new TidegateError('UNKNOWN_REPLICA', `no replica ${id} was started here`, {
    facts: { replica: id },
  });
}

export function alreadyKnown(id: string): TidegateError {
  return new TidegateError('REPLICA_KNOWN', `a replica ${id} was started or adopted here already`, {
    facts: { replica: id },
  });
}

export function portStolen(
  id: string,
  port: number,
  thief: { readonly pid: number; readonly program: string },
): TidegateError {
  const { pid, program } = thief;
  return new TidegateError(
    'PORT_STOLEN',
    `port ${port} of ${id} was taken by process ${pid} (${program}) before it could listen there`,
    {
      hint: `It is started again on another port. Keep ${program} off the ports 20000 to 29999, or see what it is with: ps -fp ${pid}`,
      facts: { replica: id, port, pid, program },
    },
  );
}

export function commandMissing(service: string): TidegateError {
  return new TidegateError('COMMAND_NOT_FOUND', `the command of ${service} is empty`, {
    hint: `Give services.${service}.command a program.`,
    exitCode: EXIT.usage,
    facts: { service },
  });
}

/**
 * What is wrong with the ports a replica listens on, for behind its name; null where its own is among them or nothing
 * could be seen.
 */
export function portMistake(port: number, listensOn: readonly number[] | null): string | null {
  if (listensOn === null || listensOn.includes(port)) return null;
  const instead = listensOn.length === 0 ? 'no port yet' : listensOn.join(', ');
  return `does not listen on $PORT (${port}); it listens on ${instead}`;
}

export const PORT_HINT =
  'Listen on the port in the environment variable PORT, or put $PORT into the command.';

/** `seen`: what the last question about its health came to; null: none was answered or refused yet. */
export function neverReady(
  id: string,
  port: number,
  health: HealthSpec,
  listensOn: readonly number[] | null,
  seen: string | null,
  lastLines: readonly string[],
): TidegateError {
  const mistake = portMistake(port, listensOn);
  const asked = health.path === null ? `port ${port}` : `http://127.0.0.1:${port}${health.path}`;
  const instead =
    mistake !== null
      ? `it ${mistake}`
      : seen === null
        ? `${asked} has not answered`
        : seen === 'connection refused'
          ? `${asked}: connection refused`
          : `${asked} ${seen}`;
  return new TidegateError(
    'NEVER_READY',
    `${id} was not healthy within ${humanDuration(health.startupMs)}: ${instead}`,
    {
      hint: mistake !== null ? PORT_HINT : healthHint(asked, health, seen),
      facts: { replica: id, port, path: health.path, listensOn, seen, lastLines },
    },
  );
}

export function exited(
  id: string,
  exit: { readonly code: number | null; readonly signal: string | null },
  lastLines: readonly string[],
): TidegateError {
  const how =
    exit.signal !== null
      ? ` by ${exit.signal}`
      : exit.code !== null
        ? ` with code ${exit.code}`
        : '';
  const reason = tellingLine(lastLines);
  return new TidegateError(
    'EXITED',
    `${id} ended${how} before it was ready${reason === null ? '' : `: ${reason}`}`,
    {
      hint:
        exit.code === 0
          ? 'It must stay in the foreground: a program that goes to the background often has an option for it.'
          : 'Read its last lines, or try the command by hand.',
      facts: { replica: id, code: exit.code, signal: exit.signal, lastLines },
    },
  );
}

// Private

function healthHint(asked: string, { path, timeoutMs }: HealthSpec, seen: string | null): string {
  const slow = 'a slow start needs a longer health.startup';
  if (path === null)
    return `Does it listen on the port in PORT? ${asked} must accept connections; ${slow}.`;
  if (seen?.startsWith('answered')) {
    return `It must answer 2xx or 3xx: is ${path} the right health.path? ${slow.replace('a', 'A')}.`;
  }
  if (seen?.startsWith('did not')) {
    return `It listens and does not answer: what does ${path} wait for? Each answer may take ${humanDuration(timeoutMs)} (health.timeout); ${slow}.`;
  }
  return `Does it listen on the port in PORT? ${asked} must answer 2xx or 3xx; ${slow}.`;
}
