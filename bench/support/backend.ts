import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../test/support/ports.ts';
import { find, startServer, type Program } from './program.ts';

export interface Backend extends Program {
  readonly ports: readonly number[];
}

/** Servers that answer a few bytes at once, far faster than any gateway in front: HAProxy's own fixed answer. */
export async function startBackend(folder: string, servers: number): Promise<Backend> {
  const ports: number[] = [];
  while (ports.length < servers) ports.push(await freePort());
  const path = join(folder, 'backend.cfg');
  writeFileSync(
    path,
    `global
  nbthread 1
  no strict-limits
defaults
  mode http
  timeout client 1h
  timeout connect 5s
  timeout server 1h
frontend answers
${ports.map((port) => `  bind 127.0.0.1:${port} backlog 8192`).join('\n')}
  http-request return status 200 content-type text/plain string "hello"
`,
  );
  const program = await startServer([find('haproxy'), '-db', '-q', '-f', path], ports[0] as number);
  return { ...program, ports };
}
