/**
 * The service as a back-test supposes it: each replica serves `concurrency` requests at once in `serviceMs` each, what does
 * not fit waits in one queue at the gateway, in order, at most `timeoutMs`.
 */
export interface ServiceModel {
  /** Mean time to serve one request where nothing waits. */
  readonly serviceMs: number;
  /** Standard deviation over mean of the service time (log-normal). */
  readonly serviceCv: number;
  readonly concurrency: number;
  /** From the order to ready: log-normal with this median and spread. */
  readonly startup: { readonly medianMs: number; readonly cv: number };
  /** A replica that goes finishes what it has and costs so long. */
  readonly drainMs: number;
  /** A request that waits longer is given up, and counts as a violation. */
  readonly timeoutMs: number;
  /** Slower than this is a violation. */
  readonly sloMs: number;
  readonly min: number;
  readonly max: number;
}

/** One core, 50 ms of work a request: 20 requests a second. Half a minute to start, as a container on another machine takes. */
export const DEFAULT_MODEL: Omit<ServiceModel, 'max'> = {
  serviceMs: 50,
  serviceCv: 0.5,
  concurrency: 1,
  startup: { medianMs: 30_000, cv: 0.25 },
  drainMs: 1_000,
  timeoutMs: 30_000,
  sloMs: 1_000,
  min: 1,
};

/** Requests a second of one replica that is never idle. */
export function capacityRps({ concurrency, serviceMs }: ServiceModel): number {
  return (concurrency / serviceMs) * 1000;
}
