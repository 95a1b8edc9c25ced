import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeOf } from '../../kit/errors.ts';

const PREFIX = 'tidegate-lab-';
/** Holds the pid of who runs the lab, for as long as something may run here. */
const OWNER = 'lab.pid';

/** A folder for one project of a lab, in the temporary directory. */
export function createLabFolder(lab: string): string {
  const folder = mkdtempSync(join(tmpdir(), `${PREFIX}${lab}-`));
  // HAProxy and the users of databases pass through to what is theirs.
  chmodSync(folder, 0o711);
  writeFileSync(join(folder, OWNER), `${process.pid}\n`);
  return folder;
}

/** Nothing runs there any more; with `keep` the rest stays for whoever wants to know. */
export function releaseLabFolder(folder: string, keep: boolean): void {
  if (keep) rmSync(join(folder, OWNER), { force: true });
  else rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Folders of our own labs that were killed before they could end what they had started. */
export function findOrphans(): readonly string[] {
  return readdirSync(tmpdir())
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => join(tmpdir(), name))
    .filter((folder) => {
      const owner = isOurs(folder) ? ownerOf(folder) : null;
      return owner !== null && !isAlive(owner);
    });
}

// Private

/** The temporary directory is everybody's: what others call their folders is shown to nobody, and run by nobody. */
function isOurs(folder: string): boolean {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  return found?.isDirectory() === true && found.uid === process.getuid?.();
}

function ownerOf(folder: string): number | null {
  try {
    const owner = readFileSync(join(folder, OWNER), 'utf8');
    // Empty: it is just being written.
    return owner === '' ? null : Number(owner);
  } catch (thrown) {
    // Nothing runs there, or it is just being removed.
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(thrown) ?? '')) return null;
    throw thrown;
  }
}

function isAlive(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch (thrown) {
    return codeOf(thrown) === 'EPERM';
  }
}
