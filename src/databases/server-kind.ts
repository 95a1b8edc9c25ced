import type { Account } from '../process/account.ts';

/** What differs between the kinds of servers that we start. */
export interface ServerKind {
  readonly kind: 'postgres' | 'redis';
  /** Its name for the kernel. */
  readonly program: string;
  /** The users it may run as where we are root; the first that there is. */
  readonly users: readonly string[];
  /**
   * Makes what it needs and does not have yet, and returns what to run.
   * @throws TidegateError DATABASE_MISSING, DATABASE_FAILED
   */
  prepare(site: ServerSite, port: number): Promise<readonly string[]>;
  url(password: string, port: number): string;
  /** The process that leads those which work on the data, as the data says; null: it does not say. */
  leaderOf(data: string): number | null;
  /** Asks for what `url` says. @throws what it answers, or that it does not */
  ask(url: string): Promise<Usage>;
  /** Whether what `ask` threw says that it answers soon. */
  isComing(thrown: unknown): boolean;
  /** Whether it says that the password is wrong. */
  isRefused(thrown: unknown): boolean;
  /** What ends it, one after the other: cleanly, and then less so. */
  readonly endSignals: readonly NodeJS.Signals[];
}

/** Where one server is at home. */
export interface ServerSite {
  readonly name: string;
  /** Its own files are in here. */
  readonly folder: string;
  /** Its working directory while it runs: by it those who use the data are known. */
  readonly data: string;
  readonly password: string;
  /** Whom it runs as; null: us. */
  readonly account: Account | null;
}

export interface Usage {
  readonly connections: number | null;
  /** The most that may be open; null: it does not say. */
  readonly maxConnections: number | null;
  /** Null: it does not say, look at its processes. */
  readonly memoryBytes: number | null;
}
