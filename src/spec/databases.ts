import type { SecretRef } from './spec.ts';

/** A PostgreSQL or a Redis, resolved. */
export interface DatabaseSpec {
  readonly name: string;
  readonly kind: 'postgres' | 'redis';
  /** Where the user's own server is; null: one is started and looked after by us. */
  readonly url: string | SecretRef | null;
  /** Made for `tasks`, which names none: replicas are not given its address. */
  readonly implicit: boolean;
}

/** The variable that gives replicas a database's address: `main` → `MAIN_URL`. */
export function urlVariable(database: string): string {
  return `${database.toUpperCase().replaceAll('-', '_')}_URL`;
}
