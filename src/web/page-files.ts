import { readFileSync, readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import { codeOf } from '../kit/errors.ts';

/** A file of the page as it is served. */
export interface PageFile {
  readonly type: string;
  readonly body: Buffer;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.md': 'text/plain; charset=utf-8',
};

/** The built page in a folder, by name; null: it has not been built. */
export function readPage(folder: string): ReadonlyMap<string, PageFile> | null {
  try {
    const files = new Map<string, PageFile>();
    for (const name of readdirSync(folder)) {
      const type = TYPES[extname(name)];
      if (type !== undefined) files.set(name, { type, body: readFileSync(join(folder, name)) });
    }
    return files.has('index.html') ? files : null;
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return null;
    throw thrown;
  }
}
