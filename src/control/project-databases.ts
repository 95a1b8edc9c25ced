import { createDatabases } from '../databases/create.ts';
import type { Databases } from '../databases/databases.ts';
import { DELIVERY_SOCKET } from '../gateway/render/names.ts';
import type { SecretRef, Spec } from '../spec/spec.ts';
import { readOrMakeToken, readOrMakeWebhookSecret } from '../state/folder.ts';
import { placeOf } from '../state/place.ts';
import { createBooks } from '../tasks/create-books.ts';
import { openForeignQueue } from '../tasks/foreign/foreign-queue.ts';
import type { ControlPlaneDeps } from './control-plane.ts';
import type { GivenEnvironment } from './given-environment.ts';
import { givenEnvironment } from './given-environment.ts';
import type { ProjectWorld } from './project-world.ts';

export interface ProjectDatabasesDeps extends ProjectWorld {
  /** @throws Error saying why it cannot be had */
  readonly readSecret: (secret: SecretRef) => string;
  /** Told while they start what is waited for. */
  readonly tell: (sentence: string) => void;
  /** Told what a person should know. */
  readonly warn: (sentence: string) => void;
  /** Ends the wait for those that start. */
  readonly giveUp: AbortSignal;
}

/** The databases of a project, none of them started yet. @throws TidegateError SECRET_MISSING */
export function projectDatabases(
  { databases }: Pick<Spec, 'databases'>,
  { folder, store, ...deps }: ProjectDatabasesDeps,
): Databases {
  return createDatabases({
    ...deps,
    nonce: store.nonce,
    specs: Object.values(databases),
    folder: folder.databases,
    placeOf,
    elsewhere: folder.databasesElsewhere,
    logsFolder: folder.logs,
  });
}

/** How a control plane ends: its start `failed`, it alone does, or everything. */
export type End =
  | { readonly kind: 'failed' | 'leave' }
  | { readonly kind: 'down'; readonly hurry: AbortSignal };

/** After everybody who uses them. A start that failed takes away what it started itself. */
export function endDatabases(databases: Databases, end: End): Promise<void> {
  if (end.kind === 'leave') return databases.close();
  if (end.kind === 'down') return databases.stop(end.hurry, 'all');
  return databases.stop(new AbortController().signal, 'new');
}

/** How the control plane looks at queues, of our own and of others. */
export function projectQueues(
  { url }: Pick<Databases, 'url'>,
  readSecret: ProjectDatabasesDeps['readSecret'],
): Pick<ControlPlaneDeps, 'openBooks' | 'openForeign'> {
  return {
    openBooks: (tasks) =>
      createBooks({
        url: () => url(tasks().database),
        queues: () => tasks().queues,
        callbackHosts: () => tasks().callbacks.hosts,
      }),
    openForeign: (source) => openForeignQueue(source, { database: url, secret: readSecret }),
  };
}

/** What replicas are given of databases and tasks, under a configuration. */
export function givenUnder(
  databases: Pick<Databases, 'url'>,
  gatewayUrl: () => string,
  { folder, readSecret }: Pick<ProjectDatabasesDeps, 'folder' | 'readSecret'>,
): (spec: Spec) => GivenEnvironment {
  return (spec) =>
    givenEnvironment(spec, {
      databaseUrl: databases.url,
      gatewayUrl,
      deliverySocket: `${folder.run}/${DELIVERY_SOCKET}`,
      ownWorkerToken: () => readOrMakeToken(folder.workerToken),
      ownWebhookSecret: () => readOrMakeWebhookSecret(folder.webhookSecret),
      readSecret,
    });
}
