import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { alertsIn } from './alerts.ts';
import { haproxyMissing } from './errors.ts';

/** What the rendered configuration needs: 2.6 is what Debian 12 ships. */
const OLDEST = [2, 6] as const;

export interface HaproxyBinary {
  readonly path: string;
  readonly version: string;
  /** Built with Lua. */
  readonly lua: boolean;
}

/**
 * The HAProxy to use: `TIDEGATE_HAPROXY`, else the first on the PATH, else where Debian keeps it for root.
 * @throws TidegateError HAPROXY_MISSING (none, or older than 2.6)
 */
export async function findHaproxy(env: NodeJS.ProcessEnv = process.env): Promise<HaproxyBinary> {
  const named = env['TIDEGATE_HAPROXY'];
  const path = named ?? (await firstExecutable(candidates(env)));
  if (path === null) throw haproxyMissing('HAProxy is not installed', INSTALL);
  const found = await aboutOf(path);
  if (found === null) throw haproxyMissing(`${path} is no HAProxy that runs`, INSTALL);
  if (!isRecent(found.version))
    throw haproxyMissing(`${path} is HAProxy ${found.version}, too old`, INSTALL);
  return { path, ...found };
}

/**
 * HAProxy's own verdict on a configuration: its complaints, none when it would start.
 * Paths in the file count, so its maps must be in place.
 */
export async function validate(binary: string, configPath: string): Promise<readonly string[]> {
  try {
    await run(binary, ['-c', '-f', configPath], { timeout: 30_000 });
    return [];
  } catch (thrown) {
    const { stderr = '', message } = thrown as { stderr?: string; message: string };
    const alerts = alertsIn(stderr);
    return alerts.length > 0 ? alerts : [stderr.trim() || message];
  }
}

// Private

const INSTALL = process.platform === 'darwin' ? 'brew install haproxy' : 'apt-get install haproxy';

const run = promisify(execFile);

function candidates(env: NodeJS.ProcessEnv): readonly string[] {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  // A user's PATH on Debian lacks /usr/sbin, where the package puts it.
  return [...folders, '/usr/sbin', '/usr/local/sbin'].map((folder) => join(folder, 'haproxy'));
}

async function firstExecutable(paths: readonly string[]): Promise<string | null> {
  for (const path of paths) {
    const executable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (executable) return path;
  }
  return null;
}

async function aboutOf(path: string): Promise<Omit<HaproxyBinary, 'path'> | null> {
  try {
    const { stdout } = await run(path, ['-vv'], { timeout: 10_000 });
    const version = /^HAProxy version (\d+\.\d+\S*)/m.exec(stdout)?.[1];
    return version === undefined ? null : { version, lua: /^Built with Lua/m.test(stdout) };
  } catch {
    return null;
  }
}

function isRecent(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}
