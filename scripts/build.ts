/**
 * `npm run build`: the sources as JavaScript in `dist/`, with the files that are not TypeScript beside them, and the page.
 * What was there stays until all is done: the clone serves the page from it.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, globSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const fresh = join(root, 'dist-new');
rmSync(fresh, { recursive: true, force: true });

run('tsc', join(root, 'node_modules/.bin/tsc'), '-p', 'tsconfig.build.json', '--outDir', fresh);
for (const path of globSync('src/**/*.{cjs,html,css,js,svg,lua}', { cwd: root })) {
  if (!path.includes('/fixtures/') && !path.startsWith('src/web/dashboard/'))
    cpSync(join(root, path), join(fresh, path.replace(/^src/, '')));
}
run('node', process.execPath, 'scripts/build-dashboard.ts');
cpSync(join(root, 'dist/web/dashboard'), join(fresh, 'web/dashboard'), { recursive: true });
rmSync(join(root, 'dist'), { recursive: true, force: true });
renameSync(fresh, join(root, 'dist'));

// Private

function run(name: string, command: string, ...args: string[]): void {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status === 0) return;
  rmSync(fresh, { recursive: true, force: true });
  console.error(
    error
      ? `The build could not run ${name}: ${error.message}\n→ Run: node scripts/bootstrap.mjs --packages`
      : `The build failed: ${name} says why above.`,
  );
  process.exit(status ?? 1);
}
