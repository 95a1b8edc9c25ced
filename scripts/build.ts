/** `npm run build`: the sources as JavaScript in `dist/`, with the files that are not TypeScript beside them. */
import { spawnSync } from 'node:child_process';
import { cpSync, globSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
rmSync(join(root, 'dist'), { recursive: true, force: true });
const { status, error } = spawnSync(
  join(root, 'node_modules/.bin/tsc'),
  ['-p', 'tsconfig.build.json'],
  {
    cwd: root,
    stdio: 'inherit',
  },
);
if (status !== 0) {
  console.error(
    error
      ? `The build could not run tsc: ${error.message}\n→ Run: node scripts/bootstrap.mjs --packages`
      : 'The build failed: tsc says why above.',
  );
  process.exit(status ?? 1);
}
for (const path of globSync('src/**/*.{cjs,html,css,js,svg,lua}', { cwd: root })) {
  if (!path.includes('/fixtures/'))
    cpSync(join(root, path), join(root, path.replace(/^src/, 'dist')));
}
