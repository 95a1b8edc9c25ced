import { EXIT, TidegateError } from '../kit/errors.ts';
import { TASKS_VARIABLES, type TasksProgram } from '../spec/tasks-program.ts';

export interface Environment {
  readonly program: TasksProgram;
  readonly databaseUrl: string;
  /** The value of one of `TASKS_VARIABLES`. @throws TidegateError NOT_STARTED_BY_TIDEGATE */
  secret(name: keyof typeof TASKS_VARIABLES): string;
}

/** What the control plane tells the programs of the tasks. @throws TidegateError NOT_STARTED_BY_TIDEGATE */
export function readEnvironment(env: NodeJS.ProcessEnv): Environment {
  const secret = (name: keyof typeof TASKS_VARIABLES): string =>
    valueOf(env, TASKS_VARIABLES[name]);
  return {
    program: programOf(valueOf(env, 'TIDEGATE_TASKS')),
    databaseUrl: secret('databaseUrl'),
    secret,
  };
}

/** Where a program listens. @throws TidegateError NOT_STARTED_BY_TIDEGATE */
export function readListener(env: NodeJS.ProcessEnv): {
  readonly host: string;
  readonly port: number;
} {
  return { host: valueOf(env, 'HOST'), port: Number(valueOf(env, 'PORT')) };
}

// Private

function valueOf(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name];
  if (!value) throw notStartedByTidegate(`${name} is not set`);
  return value;
}

function programOf(text: string): TasksProgram {
  try {
    return JSON.parse(text) as TasksProgram;
  } catch (thrown) {
    throw notStartedByTidegate('TIDEGATE_TASKS is not JSON', thrown);
  }
}

function notStartedByTidegate(what: string, cause?: unknown): TidegateError {
  return new TidegateError('NOT_STARTED_BY_TIDEGATE', `${what}.`, {
    hint: 'Tidegate starts this program itself, for `tasks` in the configuration.',
    exitCode: EXIT.usage,
    cause,
  });
}
