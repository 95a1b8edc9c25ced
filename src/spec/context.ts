/** What resolving depends on beside the text itself. */
export interface ResolveContext {
  /** Absolute folder of the configuration file. */
  readonly folder: string;
  readonly machine: Machine;
}

/** What the configuration's `'cores'` and defaults depend on. */
export interface Machine {
  readonly cores: number;
  readonly memoryBytes: number;
}
