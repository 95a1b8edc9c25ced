import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { TidegateError, codeOf } from '../kit/errors.ts';
import { writeWhole } from '../kit/whole-file.ts';

/** Everything Tidegate writes for one project, beside its configuration file. */
export interface StateFolder {
  readonly path: string;
  readonly logs: string;
  /**
   * Sockets; in the temporary directory where the project's path is too long for one, or where HAProxy could not
   * reach them once it has dropped root.
   */
  readonly run: string;
  readonly haproxy: string;
  readonly database: string;
  readonly lock: string;
  readonly token: string;
  /** What workers show that lease tasks. */
  readonly workerToken: string;
  /** What callbacks are signed with. */
  readonly webhookSecret: string;
  /** Of each database that is ours: password, port and, where its user may reach it, its data. */
  readonly databases: string;
  /** Where data goes whose server runs as a user that cannot come through to `databases`; null: it can. */
  readonly databasesElsewhere: string | null;
  /** Where the running control plane can be reached, for the other commands. */
  readonly control: string;
}

/** The kernel takes 107 bytes of socket path; HAProxy binds under a longer temporary name first. */
const LONGEST_RUN_PATH = 75;

/** Where things stand, without changing any of them. */
export function stateFolder(projectFolder: string): StateFolder {
  const path = join(projectFolder, '.tidegate');
  const beside = join(path, 'run');
  return {
    path,
    logs: join(path, 'logs'),
    run: holdsSockets(projectFolder, beside) ? beside : privateRunFolder(path),
    haproxy: join(path, 'haproxy'),
    database: join(path, 'state.db'),
    lock: join(path, 'control.lock'),
    token: join(path, 'token'),
    workerToken: join(path, 'worker-token'),
    webhookSecret: join(path, 'webhook-secret'),
    databases: join(path, 'databases'),
    databasesElsewhere:
      process.getuid?.() === 0 && !othersMayEnter(projectFolder) ? '/var/lib/tidegate' : null,
    control: join(path, 'control.json'),
  };
}

/**
 * Makes the folders, for their owner only, with a `.gitignore` that keeps all of it out of the user's repository.
 * @throws TidegateError STATE_NOT_WRITABLE, RUN_FOLDER_NOT_OURS
 */
export function prepareStateFolder(projectFolder: string): StateFolder {
  const folder = stateFolder(projectFolder);
  try {
    for (const path of [folder.path, folder.logs, folder.run, folder.haproxy]) {
      mkdirSync(path, { recursive: true, mode: 0o700 });
      requireOwn(path);
    }
    // HAProxy, once it has dropped root, passes through to its sockets; nothing else in here opens to it.
    chmodSync(folder.path, process.getuid?.() === 0 ? 0o711 : 0o700);
    writeFileSync(join(folder.path, '.gitignore'), '*\n', { mode: 0o600 });
  } catch (cause) {
    if (cause instanceof TidegateError) throw cause;
    throw new TidegateError('STATE_NOT_WRITABLE', `Cannot write the state folder ${folder.path}`, {
      hint: 'Give this user write access to the folder of the configuration file.',
      cause,
    });
  }
  return folder;
}

/** Takes an empty run folder out of the temporary directory again; one in use stays. */
export function dropTemporaryRunFolder({ path, run }: StateFolder): void {
  if (run === join(path, 'run')) return;
  try {
    rmdirSync(run);
  } catch (thrown) {
    if (!['ENOENT', 'ENOTEMPTY'].includes(codeOf(thrown) ?? '')) throw thrown;
  }
}

/** The bearer token of the API, or of workers: 256 random bits, made once a project. */
export function readOrMakeToken(path: string): string {
  return readOrMake(path, () => randomBytes(32).toString('base64url'));
}

/** As Standard Webhooks write it, made once a project. */
export function readOrMakeWebhookSecret(path: string): string {
  return readOrMake(path, () => `whsec_${randomBytes(32).toString('base64')}`);
}

// Private

function readOrMake(path: string, make: () => string): string {
  const found = readOrEmpty(path).trim();
  if (found !== '') return found;
  const made = make();
  writeWhole(path, `${made}\n`);
  return made;
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return '';
    throw thrown;
  }
}

function holdsSockets(projectFolder: string, run: string): boolean {
  if (Buffer.byteLength(run) > LONGEST_RUN_PATH) return false;
  return process.getuid?.() !== 0 || othersMayEnter(projectFolder);
}

/** Whether every folder on the way lets other users pass: HAProxy is one of them after it has dropped root. */
function othersMayEnter(path: string): boolean {
  // One that is not there yet will be made by us, or its absence be told later.
  const there = statSync(path, { throwIfNoEntry: false });
  for (let folder = there ? realpathSync(path) : path; ; folder = dirname(folder)) {
    const found = statSync(folder, { throwIfNoEntry: false });
    if (found && (found.mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

function privateRunFolder(path: string): string {
  const name = createHash('sha256').update(path).digest('hex').slice(0, 12);
  const uid = process.getuid?.() ?? 0;
  const temporary = uid === 0 && !othersMayEnter(tmpdir()) ? '/tmp' : tmpdir();
  return join(temporary, `tidegate-${uid}-${name}`);
}

/** In a shared temporary directory somebody else may have made the folder before us. */
function requireOwn(path: string): void {
  const found = lstatSync(path);
  if (found.isDirectory() && found.uid === (process.getuid?.() ?? found.uid)) return;
  throw new TidegateError('RUN_FOLDER_NOT_OURS', `${path} belongs to somebody else.`, {
    hint: `Remove it, or run Tidegate as the user who owns it.`,
  });
}
