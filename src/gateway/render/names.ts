/** In the run folder: the control plane's way to the worker, and the worker's way to the control plane. */
export const RUNTIME_SOCKET = 'runtime.sock';
export const LOG_SOCKET = 'log.sock';

/** In the run folder: HAProxy's own way from its log to `LOG_SOCKET`; see `log-relay.ts`. */
export const RELAY_SOCKET = 'relay.sock';

/** In the run folder: how requests that a worker holds when it leaves get to the next one; see `sleep.ts`. */
export const HANDOVER_SOCKET = 'again.sock';

/** In the run folder: where the aggregator asks for its parts; see `parts.ts`. */
export const PARTS_SOCKET = 'parts.sock';

/** In the run folder: where tasks are delivered; see `deliveries.ts`. */
export const DELIVERY_SOCKET = 'deliver.sock';

/** In the rendered folder: service → thousandths of its requests that are logged; all of them after a reload. */
export const SAMPLING_MAP = 'samp.map';

/** In the rendered folder: service → whether it sleeps, and the program that holds requests while it does. */
export const SLEEP_MAP = 'sleep.map';
export const HOLD_PROGRAM = 'hold.lua';

/** In the rendered folder: the program that reads tokens. */
export const IDENTITY_PROGRAM = 'identity.lua';

/** In the rendered folder: the limit of a route, the rate a service drains its queue at, the state of its circuit. */
export const LIMITS_MAP = 'limits.map';
export const DRAIN_MAP = 'drain.map';
export const CIRCUITS_MAP = 'circuits.map';

/** In the rendered folder: the epoch of a route's cache, the time a source of keys was looked at. */
export const EPOCHS_MAP = 'epochs.map';
export const KEYS_MAP = 'keys.map';

/** In the rendered folder: service and place → whether whoever sits there gets deliveries. */
export const CAPACITY_MAP = 'capacity.map';

/** In the rendered folder: certificate, chain and private key, one after the other. */
export const CERTIFICATE_FILE = 'tls.pem';

/** The gateway answers this itself, before any route. */
export const HEALTH_PATH = '/.tidegate/health';

/** The frontend; no service can have this name. */
export const FRONTEND = ':gateway';

/** Frontend and backend of the log relay. */
export const RELAY = ':log';

/** The frontend of deliveries, and who says there how many replicas would take one. */
export const DELIVER = ':deliver';
export const CAPACITY = ':capacity';

/** Where it is counted which trials have had their request. */
export const TRIALS = ':trials';

/** A backend is called like its service. */
export function backendName(service: string): string {
  return service;
}

/** Names the place of a client's replica in a sticky service. */
export function cookieName(service: string): string {
  return `tidegate-${service}`;
}

/** The slot's server with checks: `s1` for slot 0. */
export function checkedName(slot: number): string {
  return `s${slot + 1}`;
}

/** The same address as a backup without checks, so that traffic goes on when every check fails: `s1b`. */
export function spareName(slot: number): string {
  return `s${slot + 1}b`;
}

/** The slot (from 0) that either of its two servers stands for; null: no server of ours. */
export function slotOf(server: string): number | null {
  const number = /^s([1-9]\d{0,5})b?$/.exec(server)?.[1];
  return number === undefined ? null : Number(number) - 1;
}
