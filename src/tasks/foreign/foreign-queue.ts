import type { SecretRef } from '../../spec/spec.ts';
import type { BacklogSource, DatabaseRef } from '../../spec/tasks.ts';
import { httpNumber } from './http.ts';
import { redisList } from './redis-list.ts';
import { sqlNumber } from './sql.ts';

/** A queue that others fill and work off: nothing is known of it but how long it is. */
export interface ForeignQueue {
  /** Answers or throws within a few seconds; a connection that broke is made again. */
  length(): Promise<number>;
  close(): Promise<void>;
}

export interface ForeignDeps {
  /** The address of one of `databases`. @throws Error when there is none yet */
  readonly database: (name: string) => string;
  /** @throws Error saying why it cannot be had */
  readonly secret: (secret: SecretRef) => string;
}

/** Nothing is connected yet. */
export function openForeignQueue(
  source: Exclude<BacklogSource, { readonly kind: 'queues' }>,
  deps: ForeignDeps,
): ForeignQueue {
  switch (source.kind) {
    case 'redis-list':
      return redisList(() => addressOf(source.from, deps), source.list);
    case 'sql':
      return sqlNumber(() => addressOf(source.from, deps), source.query);
    case 'http':
      return httpNumber(source.address, source.path);
  }
}

// Private

function addressOf(from: DatabaseRef, { database, secret }: ForeignDeps): string {
  if (from.kind === 'database') return database(from.name);
  return typeof from.url === 'string' ? from.url : secret(from.url);
}
