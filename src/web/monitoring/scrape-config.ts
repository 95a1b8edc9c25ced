import { join } from 'node:path';
import type { Spec } from '../../spec/spec.ts';

export const RULES_FILE = 'tidegate-rules.yml';

/** What Prometheus is to read of a project, as `prometheus.yml` has it; `stateFolder` is where its token lies. */
export function scrapeConfig(spec: Pick<Spec, 'name' | 'admin'>, stateFolder: string): object {
  const { host, port } = spec.admin;
  const target = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return {
    rule_files: [RULES_FILE],
    scrape_configs: [
      {
        job_name: `tidegate-${spec.name}`,
        scrape_interval: '5s',
        // On loopback the page is open; whoever comes from elsewhere shows the token.
        ...(isLoopback(host) ? {} : bearer(join(stateFolder, 'token'))),
        static_configs: [{ targets: [target], labels: { project: spec.name } }],
      },
    ],
  };
}

// Private

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

function bearer(path: string): object {
  return { authorization: { type: 'Bearer', credentials_file: path } };
}
