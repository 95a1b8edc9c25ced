import { EXIT, TidegateError } from '../kit/errors.ts';
import { humanDuration } from '../kit/duration.ts';
import type { HealthSpec } from '../spec/spec.ts';

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

export function commandMissing(service: string): TidegateError {
  return new TidegateError('COMMAND_NOT_FOUND', `the command of ${service} is empty`, {
    hint: `Give services.${service}.command a program.`,
    exitCode: EXIT.usage,
    facts: { service },
  });
}

export function neverReady(
  id: string,
  port: number,
  health: HealthSpec,
  lastLines: readonly string[],
): TidegateError {
  const asked = health.path === null ? `port ${port}` : `http://127.0.0.1:${port}${health.path}`;
  return new TidegateError(
    'NEVER_READY',
    `${id} was not healthy within ${humanDuration(health.startupMs)}`,
    {
      hint: `Does it listen on the port in PORT? ${asked} must answer${health.path === null ? '' : ' 2xx or 3xx'}; a slow start needs a longer health.startup.`,
      facts: { replica: id, port, path: health.path, lastLines },
    },
  );
}

export function exited(
  id: string,
  exit: { readonly code: number | null; readonly signal: string | null },
  lastLines: readonly string[],
): TidegateError {
  const how = exit.signal === null ? `with code ${exit.code}` : `by ${exit.signal}`;
  const last = lastLines.at(-1);
  return new TidegateError(
    'EXITED',
    `${id} ended ${how} before it was ready${last === undefined ? '' : `: ${last}`}`,
    {
      hint:
        exit.code === 0
          ? 'It must stay in the foreground: a program that goes to the background often has an option for it.'
          : 'Read its last lines, or try the command by hand.',
      facts: { replica: id, code: exit.code, signal: exit.signal, lastLines },
    },
  );
}
