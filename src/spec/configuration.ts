import type { Spec } from './spec.ts';

/** A configuration as it was written (secrets are references, defaults absent) and as it was understood. */
export interface Configuration {
  /** Plain JSON. */
  readonly input: unknown;
  readonly spec: Spec;
}

/** What is in the configuration file now: a configuration, or why it is none. */
export type ConfigFile =
  | { readonly kind: 'readable'; readonly configuration: Configuration }
  | { readonly kind: 'broken'; readonly problem: string };
