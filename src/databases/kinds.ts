import { accountOf, type Account } from '../process/account.ts';
import { codeOf } from '../kit/errors.ts';
import type { DatabaseSpec } from '../spec/databases.ts';
import { postgresKind } from './postgres.ts';
import { redisKind } from './redis.ts';
import type { ServerKind } from './server-kind.ts';

export const KINDS: Readonly<Record<DatabaseSpec['kind'], ServerKind>> = {
  postgres: postgresKind,
  redis: redisKind,
};

/** Whom a server of this kind runs as where we are root; null: us. */
export function serverAccount({ users }: ServerKind): Account | null {
  if (process.getuid?.() !== 0) return null;
  for (const user of users) {
    try {
      return accountOf(user);
    } catch (thrown) {
      if (codeOf(thrown) !== 'UNKNOWN_USER') throw thrown;
    }
  }
  return null;
}
