import type { ErrorDetails } from '../kit/errors.ts';
import { TidegateError } from '../kit/errors.ts';

export function alreadyRunning(name: string): TidegateError {
  return new TidegateError('ALREADY_RUNNING', `${name} is running already.`, {
    hint: 'See it with `tidegate status`, end it with `tidegate down`, or take over from it with `tidegate up --replace`.',
  });
}

/** For a start that failed while something ran: nobody was cut off by it, and nobody looks after what runs either. */
export function goingOnWithout(thrown: unknown): unknown {
  if (!(thrown instanceof TidegateError)) return thrown;
  const { code, message, hint, cause, facts } = thrown;
  return new TidegateError(code, message, {
    hint: `${hint === undefined ? '' : `${hint.replace(/\.?$/, '.')} `}What was running goes on; until a start succeeds, nothing scales or replaces it.`,
    exitCode: thrown.exitCode as NonNullable<ErrorDetails['exitCode']>,
    cause,
    facts,
  });
}

/** The file may be in the middle of a change, or broken: a reboot is nobody's wish for it. */
export function goingOnWithApplied(keys: readonly string[]): string {
  const more = keys.length > SHOWN_KEYS ? ` and ${keys.length - SHOWN_KEYS} more` : '';
  return `It goes on with the configuration in force; the file differs in: ${keys.slice(0, SHOWN_KEYS).join(', ')}${more}; \`tidegate deploy\` applies it.`;
}

export function lostState(setAside: string): string {
  return `The state file was damaged and is now ${setAside}. Pins, pauses and history are gone; what runs was looked for and is gone on with.`;
}

export function notOurs(what: string): string {
  return `${what} may be left from an earlier run; it cannot be proved ours and was left running.`;
}

// Private

const SHOWN_KEYS = 4;
