import type { Spec } from '../../spec/spec.ts';

export const RULES_FILE = 'tidegate-rules.yml';

/** What Prometheus is to read of a project, as `prometheus.yml` has it. On loopback the page is open to all. */
export function scrapeConfig({ name, admin }: Pick<Spec, 'name' | 'admin'>): object {
  return {
    rule_files: [RULES_FILE],
    scrape_configs: [
      {
        job_name: `tidegate-${name}`,
        scrape_interval: '5s',
        // By the label several projects of one Prometheus are told apart, and no rule meets the services of another.
        static_configs: [{ targets: [`${admin.host}:${admin.port}`], labels: { project: name } }],
      },
    ],
  };
}
