import { urlVariable } from '../spec/databases.ts';
import { leases } from '../spec/fetches.ts';
import type { SecretRef, ServiceSpec, Spec } from '../spec/spec.ts';
import { TASKS_VARIABLES } from '../spec/tasks-program.ts';
import { secretUnreadable } from './errors.ts';

/** What replicas find in their environment of databases and tasks; kept in memory only. */
export type GivenEnvironment = (service: ServiceSpec) => Readonly<Record<string, string>>;

export interface GivenSources {
  /** With its password. */
  readonly databaseUrl: (name: string) => string;
  /** Where the gateway answers now. */
  readonly gatewayUrl: () => string;
  readonly deliverySocket: string;
  /** Those made for the project, where the configuration names no others. */
  readonly ownWorkerToken: () => string;
  readonly ownWebhookSecret: () => string;
  /** @throws Error saying why it cannot be had */
  readonly readSecret: (secret: SecretRef) => string;
}

/**
 * Reads the secrets that tasks need.
 * @throws TidegateError SECRET_MISSING
 */
export function givenEnvironment(
  { tasks, databases }: Pick<Spec, 'tasks' | 'databases'>,
  sources: GivenSources,
): GivenEnvironment {
  const workerToken =
    tasks && secretOf('tasks.workerToken', tasks.workerToken, sources.ownWorkerToken, sources);
  const webhookSecret =
    tasks &&
    secretOf('tasks.callbackSecret', tasks.callbacks.secret, sources.ownWebhookSecret, sources);
  const declared = Object.values(databases).filter(({ implicit }) => !implicit);

  const ownProgram = (): Record<string, string> => {
    if (!tasks || workerToken === null || webhookSecret === null) return {};
    return {
      [TASKS_VARIABLES.databaseUrl]: sources.databaseUrl(tasks.database),
      [TASKS_VARIABLES.workerToken]: workerToken,
      [TASKS_VARIABLES.webhookSecret]: webhookSecret,
      [TASKS_VARIABLES.deliverySocket]: sources.deliverySocket,
    };
  };

  return ({ name, command }) => {
    if (command?.kind === 'internal') return command.program === 'aggregate' ? {} : ownProgram();
    return {
      ...Object.fromEntries(
        declared.map((each) => [urlVariable(each.name), sources.databaseUrl(each.name)]),
      ),
      ...(tasks &&
        workerToken !== null &&
        leases(tasks, name) && {
          TIDEGATE_TASKS_URL: `${sources.gatewayUrl()}${tasks.path}`,
          [TASKS_VARIABLES.workerToken]: workerToken,
        }),
    };
  };
}

// Private

function secretOf(
  path: string,
  named: SecretRef | null,
  own: () => string,
  { readSecret }: GivenSources,
): string {
  if (named === null) return own();
  try {
    return readSecret(named);
  } catch (thrown) {
    throw secretUnreadable(path, thrown);
  }
}
