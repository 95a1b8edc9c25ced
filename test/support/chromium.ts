import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The machine's Chromium, or what is one to Playwright. @throws where there is none, with what brings it */
export function chromiumPath(): string {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const found = ['chromium', 'chromium-browser', 'google-chrome']
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .concat(MAC)
    .find((path) => existsSync(path));
  if (found === undefined)
    throw new Error('There is no Chromium here.\n→ Run: node scripts/bootstrap.mjs --tests');
  return found;
}

// Private

const MAC = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
