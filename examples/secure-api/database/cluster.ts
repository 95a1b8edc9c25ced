import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';

export interface Cluster {
  readonly folder: string;
  /** Of the one user, `app`. */
  readonly password: string;
  /** Whom PostgreSQL runs as: it refuses to be root. Empty: us. */
  readonly owner: { readonly uid?: number; readonly gid?: number };
  /** Where a program of PostgreSQL is; Debian keeps them off the PATH. */
  binary(name: string): string;
}

const data = join(import.meta.dirname, '..', 'data');

/** The database's files, made the first time. */
export function prepareCluster(): Cluster {
  const owner: Cluster['owner'] = isRoot() ? accountOf('postgres') : {};
  const folder = clusterFolder();
  const passwordFile = join(data, 'database.password');
  if (!existsSync(passwordFile)) {
    // Without the password that goes with them the files are of no use.
    rmSync(folder, { recursive: true, force: true });
    writeFileSync(passwordFile, randomBytes(24).toString('hex'), { mode: 0o600 });
  }
  const password = readFileSync(passwordFile, 'utf8');
  if (!existsSync(join(folder, 'PG_VERSION'))) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { mode: 0o700 });
    if (owner.uid !== undefined) chownSync(folder, owner.uid, owner.gid ?? owner.uid);
    makeFiles(folder, password, owner);
  }
  return { folder, password, owner, binary };
}

/** Started by root, PostgreSQL has an account of its own, which cannot look into this folder: its files are elsewhere then. */
export function clusterFolder(): string {
  return isRoot() ? join('/var/tmp', nameOf(data)) : join(data, 'postgres');
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** The password goes by a file, which no list of processes shows; `initdb` cannot open a pipe. */
function makeFiles(folder: string, password: string, owner: Cluster['owner']): void {
  const passwordFile = `${folder}.password`;
  rmSync(passwordFile, { force: true });
  writeFileSync(passwordFile, password, { flag: 'wx', mode: 0o600 });
  try {
    if (owner.uid !== undefined) chownSync(passwordFile, owner.uid, owner.gid ?? owner.uid);
    const how = ['-U', 'app', '-A', 'scram-sha-256', '-E', 'UTF8', '--no-sync'];
    execFileSync(binary('initdb'), ['-D', folder, ...how, `--pwfile=${passwordFile}`], {
      stdio: ['ignore', 'ignore', 'inherit'],
      cwd: '/',
      ...owner,
    });
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

function nameOf(path: string): string {
  return `tidegate-secure-api-${createHash('sha256').update(path).digest('hex').slice(0, 12)}`;
}

function accountOf(name: string): { readonly uid: number; readonly gid: number } {
  const id = (flag: string): number =>
    Number(execFileSync('id', [flag, name], { encoding: 'utf8' }).trim());
  return { uid: id('-u'), gid: id('-g') };
}

function binary(name: string): string {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian)
    ? readdirSync(debian).sort((a, b) => Number(b) - Number(a))
    : [];
  const folders = [
    ...versions.map((version) => join(debian, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(delimiter),
  ];
  const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (found === undefined) {
    throw new Error(
      `${name} is not installed.\n→ Run: sudo apt-get update && sudo apt-get install postgresql`,
    );
  }
  return found;
}
