import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What login signs with and the gateway verifies with; made once, for its owner's eyes only. */
export const secretFile = join(import.meta.dirname, '..', 'data', 'jwt.secret');

mkdirSync(dirname(secretFile), { recursive: true, mode: 0o700 });
try {
  writeFileSync(secretFile, randomBytes(32).toString('hex'), { flag: 'wx', mode: 0o600 });
} catch (thrown) {
  if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
}
