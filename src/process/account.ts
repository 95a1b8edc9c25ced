import { readFileSync } from 'node:fs';
import { unknownUser, userNeedsRoot } from './errors.ts';

/** One line of /etc/passwd. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

/**
 * The account to start a program under.
 * @throws TidegateError UNKNOWN_USER; SPAWN_FAILED when it is not ours and we are not root
 */
export function accountOf(name: string): Account {
  const account = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map(parse)
    .find((account) => account?.name === name);
  if (!account) throw unknownUser(name);
  const ourUid = process.getuid?.();
  if (ourUid !== 0 && ourUid !== account.uid) throw userNeedsRoot(name);
  return account;
}

// Private

function parse(line: string): Account | undefined {
  const [name, , uid, gid, , home] = line.split(':');
  if (!name || !uid || !gid) return undefined;
  return { name, uid: Number(uid), gid: Number(gid), home: home ?? '/' };
}
