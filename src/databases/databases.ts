/** The databases of a project: those we start and look after, and those the user has. */
export interface Databases {
  /**
   * Adopts what runs, starts what does not, and resolves once each of them answers.
   * @throws TidegateError DATABASE_MISSING (not installed), DATABASE_FAILED (with its last log lines), SECRET_MISSING
   */
  start(): Promise<void>;
  /** With its password; the same for as long as the project's data is. @throws Error for a name that is not known */
  url(name: string): string;
  view(): readonly DatabaseView[];
  /** Called when one ended without being asked to, and when one is back. */
  onChange(listener: (change: DatabaseChange) => void): void;
  /**
   * Ends those that are not the user's own, cleanly: after everybody who uses them; by force when `hurry` aborts. `new`:
   * those that we did not find running alone.
   */
  stop(hurry: AbortSignal, which: 'all' | 'new'): Promise<void>;
  /** Lets go of timers; the databases go on. */
  close(): Promise<void>;
}

export interface DatabaseView {
  readonly name: string;
  readonly kind: 'postgres' | 'redis';
  /** `external`: the user's own, which is not looked after. */
  readonly state: 'starting' | 'ready' | 'failed' | 'external' | 'stopped';
  /** Without the password. */
  readonly address: string;
  readonly pid: number | null;
  readonly startedAt: number | null;
  readonly memoryBytes: number | null;
  /** PostgreSQL: open connections; Redis: clients. Null: not known. */
  readonly connections: number | null;
  /** The most that may be open; null: not known. */
  readonly maxConnections: number | null;
  /** What went wrong last, as a sentence; null: nothing. */
  readonly problem: string | null;
}

export interface DatabaseChange {
  readonly name: string;
  /** ms since the epoch */
  readonly at: number;
  readonly change: 'ended' | 'back' | 'failed';
  readonly message: string;
}
