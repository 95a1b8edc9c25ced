/** Proof that a process is ours: a pid alone may have been given to somebody else since. */
export interface ProcessIdentity {
  readonly bootId: string;
  readonly pid: number;
  /** Field 22 of /proc/PID/stat: clock ticks after boot. */
  readonly startTicks: number;
  readonly uid: number;
  readonly sessionId: number;
  /** The project's secret, found again in the process's environment as TIDEGATE_NONCE. */
  readonly nonce: string;
}
