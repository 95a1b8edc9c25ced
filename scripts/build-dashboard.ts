/**
 * `npm run build:dashboard`: the page, from `src/web/dashboard/` into `dist/web/dashboard/`. With `--if-changed` only where
 * it is not there or was built from other sources.
 */
import { createHash } from 'node:crypto';
import {
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const built = join(root, 'dist/web/dashboard');
/** Not beside what is built: that goes into the package. */
const stamp = join(root, 'node_modules/.tidegate-dashboard');
const MOST_TRIES = 10;

const digest = digestOfSources();
const isThere =
  existsSync(join(built, 'index.html')) &&
  existsSync(stamp) &&
  readFileSync(stamp, 'utf8') === digest;
if (!process.argv.includes('--if-changed') || !isThere) await buildPage();

// Private

/** Of all that Vite reads: the sources, its configuration, that of TypeScript for the JSX, and the lock file for the packages. */
function digestOfSources(): string {
  const hash = createHash('sha256');
  const sources = globSync('src/web/dashboard/**/*.*', { cwd: root });
  for (const path of [...sources.sort(), 'vite.config.ts', 'tsconfig.json', 'package-lock.json']) {
    if (path.endsWith('.test.ts')) continue;
    hash.update(`${path}\0`).update(readFileSync(join(root, path)));
  }
  return hash.digest('hex');
}

/** Beside its place and then into it, so that whoever serves it finds all of the old one or all of the new. */
async function buildPage(): Promise<void> {
  // Loaded where it is needed: it takes longer than everything else here.
  const { build } = await import('vite');
  console.error('Building the dashboard (a second)…');
  const fresh = `${built}.${process.pid}`;
  mkdirSync(dirname(built), { recursive: true });
  try {
    await build({
      configFile: join(root, 'vite.config.ts'),
      logLevel: 'warn',
      build: { outDir: fresh },
    });
    takeItsPlace(fresh);
    writeFileSync(stamp, digest);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** Another build may end at this very moment: each moves away what is there, and the later one stays. */
function takeItsPlace(fresh: string): void {
  const old = `${fresh}.old`;
  for (let tries = 1; ; tries++) {
    try {
      if (existsSync(built)) renameSync(built, old);
      renameSync(fresh, built);
      return;
    } catch (thrown) {
      const { code } = thrown as NodeJS.ErrnoException;
      const taken = code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'ENOENT';
      if (tries === MOST_TRIES || !taken) throw thrown;
    } finally {
      rmSync(old, { recursive: true, force: true });
    }
  }
}
