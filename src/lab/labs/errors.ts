import { EXIT, TidegateError } from '../../kit/errors.ts';

export function unknownLab(name: string, meant: string | undefined): TidegateError {
  return new TidegateError('LAB_UNKNOWN', `There is no lab ${JSON.stringify(name)}.`, {
    hint: meant
      ? `Run: tidegate lab ${meant}`
      : 'See which there are: tidegate lab --list; `tidegate lab all` runs them all.',
    exitCode: EXIT.usage,
  });
}

export function labWaitedInVain(what: string, withinMs: number, cause: unknown): TidegateError {
  return new TidegateError(
    'LAB_WAITED_IN_VAIN',
    `Waited ${withinMs / 1000} s in vain for ${what}.`,
    { hint: 'Is the machine busy with something else? Run the lab again alone.', cause },
  );
}

export function labTookTooLong(limitS: number): TidegateError {
  return new TidegateError(
    'LAB_TOOK_TOO_LONG',
    `It was not over after ${limitS} s and was ended.`,
    { hint: 'Is the machine busy with something else? Run the lab again alone.' },
  );
}

export function labInterrupted(): TidegateError {
  return new TidegateError('LAB_INTERRUPTED', 'It was interrupted.', {
    exitCode: EXIT.interrupted,
  });
}

/** `wanted`: what there should have been before the blow. */
export function nothingToKill(wanted: string): TidegateError {
  return new TidegateError(
    'LAB_NOTHING_TO_KILL',
    `There was not ${wanted} to begin with, so nothing can be learned from killing it.`,
    { hint: 'Is the machine busy with something else? Run the lab again alone.' },
  );
}

export function labLacks(program: string, hint: string): TidegateError {
  return new TidegateError('LAB_LACKS_PROGRAM', `It needs ${program}, which is not here.`, {
    hint,
  });
}

/** `said`: what it wrote to standard error. */
export function upEnded(how: number | string, said: string): TidegateError {
  return new TidegateError(
    'UP_ENDED',
    `tidegate up ended (${how})${said.trim() === '' ? '.' : `:\n${said.trim()}`}`,
  );
}

export function leftRunning(folder: string, cause: unknown): TidegateError {
  return new TidegateError('LAB_LEFT_RUNNING', `What runs in ${folder} could not be ended.`, {
    hint: `Run: ${downCommand(folder)}`,
    cause,
  });
}

/** For one that nobody will look into any more. */
export function removeCommand(folder: string): string {
  return `${downCommand(folder)} && rm -r ${folder}`;
}

function downCommand(folder: string): string {
  return `tidegate down -c ${folder}/tidegate.config.json`;
}
