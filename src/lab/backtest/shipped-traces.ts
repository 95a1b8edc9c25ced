import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** A trace that comes with Tidegate, under a name that is short to type. */
export interface ShippedTrace {
  readonly name: string;
  readonly file: string;
  /** Makes rates that need tens of replicas out of rates that need one. */
  readonly multiply: number;
}

export const SHIPPED_TRACES: readonly ShippedTrace[] = [
  { name: 'worldcup', file: 'wc98_jun22_jul05_60s.csv', multiply: 1 },
  { name: 'worldcup-all', file: 'wc98_full_900s.csv', multiply: 1 },
  { name: 'llm', file: 'azure_llm_conv_2023_5s.csv', multiply: 50 },
  { name: 'functions', file: 'azure_functions_2019_app_60s.csv', multiply: 5_000 },
  { name: 'elb', file: 'nab_elb_request_count_300s.csv', multiply: 500 },
  { name: 'taxi', file: 'nab_nyc_taxi_1800s.csv', multiply: 50 },
  { name: 'aapl', file: 'nab_twitter_aapl_300s.csv', multiply: 500 },
];

/** Where it is, absolute: `traces/` stands beside `src/` and beside `dist/`. */
export function shippedPath({ file }: ShippedTrace): string {
  return join(import.meta.dirname, '../../../traces', file);
}

/** The shipped trace of that name, unless a file of that name is meant. */
export function shippedTrace(text: string): ShippedTrace | undefined {
  return existsSync(text) ? undefined : SHIPPED_TRACES.find(({ name }) => name === text);
}
