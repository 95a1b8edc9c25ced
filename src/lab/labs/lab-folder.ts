import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

/** Folders of labs that were killed before they could end what they had started. */
export function findOrphans(): readonly string[] {
  return readdirSync(tmpdir())
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => join(tmpdir(), name))
    .filter((folder) => {
      const owner = ownerOf(folder);
      return owner !== null && !isAlive(owner);
    });
}

// Private

function ownerOf(folder: string): number | null {
  try {
    return Number(readFileSync(join(folder, OWNER), 'utf8'));
  } catch (thrown) {
    // Of somebody else, or nothing runs there.
    if (['ENOENT', 'EACCES', 'ENOTDIR'].includes(codeOf(thrown) ?? '')) return null;
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
