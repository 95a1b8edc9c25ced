import { EXIT, TidegateError } from '../kit/errors.ts';
import { howFar } from './half-done.ts';
import type { Replica } from './roster.ts';
import type { Deployment } from './view.ts';

export function unknownService(name: string, known: readonly string[]): TidegateError {
  return new TidegateError(
    'UNKNOWN_SERVICE',
    `There is no service named ${JSON.stringify(name)}.`,
    {
      hint: `The services are: ${known.join(', ')}.`,
      exitCode: EXIT.usage,
      facts: { known },
    },
  );
}

/** `known` are the routes with a cache. */
export function unknownCache(
  route: string,
  known: readonly string[],
  likely: string | undefined,
): TidegateError {
  const meant = likely === undefined ? '' : `Did you mean ${likely}? `;
  return new TidegateError('UNKNOWN_CACHE', `No route ${JSON.stringify(route)} has a cache.`, {
    hint:
      known.length === 0
        ? 'No route has one; `cache: { ttl }` of a route makes one.'
        : `${meant}Routes with a cache: ${known.join(', ')}.`,
    exitCode: EXIT.usage,
    facts: { route, known },
  });
}

export function purgeNotTold(routes: readonly string[]): TidegateError {
  return new TidegateError(
    'PURGE_NOT_TOLD',
    `The gateway could not be told to forget what it keeps of ${routes.join(', ')}.`,
    {
      hint: 'It will be as soon as it answers. Why it did not stands in .tidegate/logs/control.log.',
      facts: { routes },
    },
  );
}

/** `problem` stands behind "must". */
export function badAlertAddress(problem: string): TidegateError {
  return new TidegateError(
    'BAD_ALERT_ADDRESS',
    `The address that alerts are told to must ${problem}.`,
    { hint: 'It stands in `notify`, or where the secret in there says.', exitCode: EXIT.usage },
  );
}

export function noTasks(): TidegateError {
  return new TidegateError('NO_TASKS', 'There are no tasks here.', {
    hint: '`tasks: { queues: { default: { service } } }` in the configuration makes a queue.',
    exitCode: EXIT.usage,
  });
}

/** A service of our own is not in the file: what it does is written at the routes. */
export function followsRoutes(service: string): TidegateError {
  return new TidegateError(
    'FOLLOWS_ROUTES',
    `${service} is Tidegate's own, and follows the routes and tasks.`,
    {
      hint: 'Deploy all of the configuration: `tidegate deploy`.',
      exitCode: EXIT.usage,
      facts: { service },
    },
  );
}

export function outOfRange(
  service: string,
  count: number,
  min: number,
  max: number,
): TidegateError {
  return new TidegateError(
    'OUT_OF_RANGE',
    `${service} cannot have ${count} replicas: its scale allows ${min} to ${max}.`,
    {
      hint: 'Ask for a count in that range, or change scale.min or scale.max in the configuration.',
      exitCode: EXIT.usage,
      facts: { service, count, min, max },
    },
  );
}

/** `id` is null while it is being checked. */
export function deploymentUnderWay(id: number | null): TidegateError {
  const which = id === null ? 'Another deployment' : `Deployment ${id}`;
  return new TidegateError('DEPLOYMENT_UNDER_WAY', `${which} is under way.`, {
    hint: 'Wait for its end (`tidegate status` shows it), or stop it where it is: `tidegate deploy --interrupt`, or Ctrl-C in the terminal it was begun in.',
    facts: { id },
  });
}

/** Half of a deployment serves: whatever else changed the services would mix a third thing in. */
export function deploymentInterrupted(
  deployment: Deployment | null,
  services: readonly string[],
): TidegateError {
  const id = deployment?.id ?? null;
  return new TidegateError(
    'DEPLOYMENT_UNDER_WAY',
    deployment === null
      ? `A deployment of ${services.join(', ')} stands still half done.`
      : `Deployment ${deployment.id} stands still half done. ${howFar(deployment)}`,
    {
      hint: `Go on with \`tidegate deploy\`, or go back with \`tidegate rollback ${services[0]}\`.`,
      facts: { id, services },
    },
  );
}

export function notDeployable(keys: readonly string[]): TidegateError {
  return new TidegateError(
    'NOT_DEPLOYABLE',
    `${keys.join(', ')} cannot be changed while Tidegate runs; nothing was deployed.`,
    {
      hint: '`tidegate up --replace` takes the name and the admin port from the file and leaves the services running; `tidegate deploy` then does the rest.',
      exitCode: EXIT.usage,
      facts: { keys },
    },
  );
}

/** Databases are started and ended with everything else. */
export function databasesFixed(keys: readonly string[]): TidegateError {
  return new TidegateError(
    'NOT_DEPLOYABLE',
    `${keys.join(', ')} cannot be changed while Tidegate runs; nothing was deployed.`,
    {
      hint: 'Databases come and go with the whole project: `tidegate down`, then `tidegate up`. Their data stays.',
      exitCode: EXIT.usage,
      facts: { keys },
    },
  );
}

/** A secret that tasks need cannot be had. */
export function secretUnreadable(path: string, cause: unknown): TidegateError {
  return new TidegateError('SECRET_MISSING', `The secret ${path} names cannot be read`, {
    exitCode: EXIT.usage,
    cause,
  });
}

/** It was started with `tidegate run`. */
export function noConfigFile(): TidegateError {
  return new TidegateError(
    'NOT_DEPLOYABLE',
    'There is no configuration file to deploy: this was started with `tidegate run`.',
    { hint: 'End it with `tidegate down` and start it as it should be.', exitCode: EXIT.usage },
  );
}

export function noPreviousRevision(service: string): TidegateError {
  return new TidegateError(
    'NO_PREVIOUS_REVISION',
    `${service} has had one revision only: there is nothing to go back to.`,
    { exitCode: EXIT.usage, facts: { service } },
  );
}

export function gatewayWouldRefuse(problems: readonly string[]): TidegateError {
  return new TidegateError(
    'GATEWAY_REFUSED',
    `The gateway would not take it: ${problems.join('; ')}`,
    { hint: 'Nothing was changed.', facts: { problems } },
  );
}

/** In the middle of a deployment. */
export function gatewayNotTold(): TidegateError {
  return new TidegateError('GATEWAY_REFUSED', 'The gateway did not take the change.', {
    hint: 'Why stands in .tidegate/logs/control.log.',
  });
}

export function revisionUnhealthy(
  { id, revision, service }: Pick<Replica, 'id' | 'revision' | 'service'>,
  grief: string,
  log: readonly string[],
): TidegateError {
  const what = grief.startsWith(id) ? grief : `${id} ${grief}`;
  const words =
    log.length === 0 ? '' : `\nIts last lines:\n${log.map((line) => `  ${line}`).join('\n')}`;
  return new TidegateError(
    'REVISION_UNHEALTHY',
    `Revision ${revision} of ${service}: ${what}.${words}`,
    {
      facts: { service, revision, replica: id, log },
    },
  );
}

export function revisionErring(
  service: string,
  revision: string,
  errors: number,
  requests: number,
): TidegateError {
  return new TidegateError(
    'REVISION_ERRING',
    `Revision ${revision} of ${service} failed ${errors} of its ${requests} requests, more than what it was to replace.`,
    { facts: { service, revision, errors, requests } },
  );
}

export function neverCame(service: string, what: string): TidegateError {
  return new TidegateError('NEVER_READY', `${service}: ${what}.`, { facts: { service } });
}
