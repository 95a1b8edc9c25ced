import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A program whose `/health` is always fine, and which answers everything else with 500 while the file `errs` or `errs-REPLICA`
 * is in its folder.
 */
export const LIAR = `
  const { createServer } = require('node:http');
  const { existsSync } = require('node:fs');
  const { TIDEGATE_REPLICA, PORT, HOST } = process.env;
  createServer((request, response) => {
    const errs = existsSync('errs') || existsSync('errs-' + TIDEGATE_REPLICA);
    response.statusCode = request.url === '/health' || !errs ? 200 : 500;
    response.setHeader('x-replica', TIDEGATE_REPLICA);
    response.end(TIDEGATE_REPLICA);
  }).listen(PORT, HOST);
  process.on('SIGTERM', () => process.exit(0));
`;

/** Has all replicas err, or one of them, or not any more. */
export function setErring(folder: string, errs: boolean, replica?: string): void {
  const path = join(folder, replica === undefined ? 'errs' : `errs-${replica}`);
  if (errs) writeFileSync(path, '');
  else rmSync(path, { force: true });
}
