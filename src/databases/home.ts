import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, chownSync, lstatSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { codeOf } from '../kit/errors.ts';
import { writeWhole } from '../kit/whole-file.ts';
import { ledAstray } from './errors.ts';
import type { Account } from '../process/account.ts';
import type { ServerSite } from './server-kind.ts';

/** Where the databases of a project are kept. */
export interface Premises {
  /** In the state folder. */
  readonly folder: string;
  /** Where a folder is, as a text that a copy does not share. @throws where there is none */
  readonly placeOf: (folder: string) => string;
  /** The project's secret. */
  readonly nonce: string;
  /** For the data of servers whose user could not come through to `folder`; null: it can. */
  readonly elsewhere: string | null;
}

/** A server's place, with what is remembered of it. */
export interface Home {
  readonly site: ServerSite;
  /** The port it had last; null: none, or that of a folder this one was copied from. */
  readonly port: number | null;
  /** Where the data of the folder is that this one was copied from; null: it was copied along, or there is none. */
  readonly leftBehind: string | null;
  rememberPort(port: number): void;
}

/** Finds or makes it, with a password that nobody else can read. @throws TidegateError DATABASE_FAILED; what the disk says */
export function openHome(premises: Premises, name: string, account: Account | null): Home {
  const { folder, placeOf, elsewhere } = premises;
  const own = join(folder, name);
  // Its user passes through to what is its own, and reads nothing on the way.
  const passage = account ? 0o711 : 0o700;
  makeFolder(folder, passage);
  makeFolder(own, passage);
  const memoryPath = join(own, 'server.json');
  const written = readMemory(memoryPath);
  const here: Here = { folder, place: placeOf(folder) };
  const remembered = written && !isElsewhere(written, here, placeOf) ? written : null;
  const away =
    account && elsewhere !== null ? join(elsewhere, hashOf(premises.nonce, here), name) : null;
  // Not by its path where it is in here: the project's folder may have been renamed.
  const home = remembered ? remembered.home : away;
  // Nothing but what we write stands in it; where it leads, folders are made and opened to pass.
  if (remembered && home !== null && !isAway(home, name)) throw ledAstray(name, memoryPath, home);
  if (home !== null) {
    const root = join(home, '../..');
    // One that is there already is as its owner wants it.
    if (mkdirSync(root, { recursive: true }) !== undefined) chmodSync(root, 0o711);
    makeFolder(join(home, '..'), 0o711);
    makeFolder(home, passage);
  }
  const there = home ?? own;
  const password = readOrMakePassword(passwordPath(folder, name));
  return {
    site: { name, folder: there, data: join(there, 'data'), password, account },
    port: remembered?.port ?? null,
    leftBehind: written && !remembered ? written.home : null,
    rememberPort(port) {
      writeWhole(memoryPath, JSON.stringify({ ...here, home, port } satisfies Memory));
    },
  };
}

/** Where the password of a server is; `folder` is where the databases are kept. */
export function passwordPath(folder: string, name: string): string {
  return join(folder, name, 'password');
}

/** A folder of the server's user alone. */
export function makeOwnFolder(path: string, account: Account | null): void {
  makeFolder(path, 0o700);
  if (account) chownSync(path, account.uid, account.gid);
}

// Private

interface Here {
  readonly folder: string;
  readonly place: string;
}

interface Memory extends Here {
  /** Null: beside it. */
  readonly home: string | null;
  readonly port: number;
}

function makeFolder(path: string, mode: number): void {
  mkdirSync(path, { recursive: true, mode });
  chmodSync(path, mode);
}

/** Null when there is none, or it is damaged: both is made anew. */
function readMemory(path: string): Memory | null {
  try {
    const { folder, place, home, port } = JSON.parse(readFileSync(path, 'utf8')) as Partial<Memory>;
    if (typeof folder !== 'string' || typeof place !== 'string') return null;
    if (typeof port !== 'number' || home === undefined) return null;
    return { folder, place, home, port };
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT' || thrown instanceof SyntaxError) return null;
    throw thrown;
  }
}

/**
 * Whether it was written for another folder, which is still there: this one is a copy then. Where the other is gone this
 * one was moved, or brought back, or its disk has another number since.
 */
function isElsewhere(written: Here, here: Here, placeOf: Premises['placeOf']): boolean {
  if (written.place === here.place) return false;
  try {
    return placeOf(written.folder) === written.place;
  } catch {
    return false;
  }
}

/** Whether it has the form of our own: `…/HASH/NAME`, in a folder that nobody but root could have made it in. */
function isAway(home: string, name: string): boolean {
  const [root, hash] = [join(home, '../..'), basename(dirname(home))];
  if (home !== join(root, hash, name) || !isAbsolute(home) || !/^[0-9a-f]{16}$/.test(hash))
    return false;
  const found = lstatSync(root, { throwIfNoEntry: false });
  const own = process.getuid?.() ?? 0;
  return !found || (found.isDirectory() && found.uid === own && (found.mode & 0o022) === 0);
}

/** Device and inode are given away again; the nonce is not. */
function hashOf(nonce: string, { place }: Here): string {
  return createHash('sha256').update(`${place} ${nonce}`).digest('hex').slice(0, 16);
}

function readOrMakePassword(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (thrown) {
    if (codeOf(thrown) !== 'ENOENT') throw thrown;
  }
  const password = randomBytes(24).toString('hex');
  writeWhole(path, `${password}\n`);
  return password;
}
