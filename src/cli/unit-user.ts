import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { userUnknown } from './unit-errors.ts';

export interface UnitUser {
  /** The number where it has no name. */
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** @throws TidegateError USER_UNKNOWN */
export function userNamed(name: string): UnitUser {
  const [uid, gid] = [idOf('-u', name), idOf('-g', name)];
  if (uid === null || gid === null) throw userUnknown(name);
  return { name: idOf('-nu', name) ?? uid, uid: Number(uid), gid: Number(gid) };
}

export function ownerOf(path: string): UnitUser {
  const { uid, gid } = statSync(path);
  return { name: idOf('-nu', String(uid)) ?? String(uid), uid, gid };
}

/** What the user may not do with the paths, as far as root can try it: their groups beside the first one are not asked. */
export function deniedTo(
  { uid, gid }: UnitUser,
  {
    node,
    read,
    write,
  }: { readonly node: string; readonly read: readonly string[]; readonly write: readonly string[] },
): readonly string[] {
  const script =
    "const { accessSync, constants } = require('node:fs');" +
    'const [read, write] = JSON.parse(process.argv[1]);' +
    "const may = (path, how) => { try { accessSync(path, how); return true; } catch (e) { return e.code === 'ENOENT'; } };" +
    'process.stdout.write(JSON.stringify([' +
    '...read.filter((p) => !may(p, constants.R_OK)).map((p) => `read ${p}`),' +
    '...write.filter((p) => !may(p, constants.W_OK)).map((p) => `write into ${p}`)]));';
  const { status, stdout } = spawnSync(node, ['-e', script, JSON.stringify([read, write])], {
    uid,
    gid,
    cwd: '/',
    env: {},
    encoding: 'utf8',
  });
  return status === 0 ? (JSON.parse(stdout) as string[]) : [`run ${node}`];
}

// Private

/** Asked of the machine, which knows users that are not in /etc/passwd too. */
function idOf(what: '-u' | '-g' | '-nu', user: string): string | null {
  const { status, stdout } = spawnSync('id', [what, '--', user], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : null;
}
