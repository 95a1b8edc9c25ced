import type { GatewaySpec } from '../../spec/spec.ts';
import { CAPACITY_PATH, TASK_HEADERS } from '../../spec/tasks-program.ts';
import type { GatewayService, GatewayState } from '../gateway.ts';
import type { GatewayMachine, GatewayPaths, SlotTable } from '../plan.ts';
import { chunks } from './chunks.ts';
import { mapText } from './live-maps.ts';
import {
  CAPACITY,
  CAPACITY_MAP,
  DELIVER,
  DELIVERY_SOCKET,
  backendName,
  checkedName,
} from './names.ts';
import { argument, word } from './quote.ts';
import { seatsOf } from './servers.ts';
import { DELIVERY_MARGIN_MS } from './timeouts.ts';

/**
 * How tasks are delivered: over a private socket with a frontend of its own, which chooses the service and nothing else. The
 * rules of the public one were applied when the task was taken. Thousands come a second, so it asks little and logs nothing;
 * the counters of the services count deliveries as they count requests.
 */

/** Of deliveries; in backends, which have rules for requests of clients, too. */
export const DELIVERED = '{ var(txn.delivery) -m found }';

/** Services that tasks are delivered to. */
export function deliverable({ deliveries }: Pick<GatewaySpec, 'deliveries'>): readonly string[] {
  return Object.keys(deliveries);
}

/** The frontend, and who says there how many replicas take deliveries. */
export function deliverySections(
  state: GatewayState,
  slots: SlotTable,
  paths: GatewayPaths,
  machine: GatewayMachine,
): readonly (readonly [title: string, lines: readonly string[]])[] {
  const names = deliverable(state.gateway);
  if (names.length === 0) return [];
  return [
    [`frontend ${DELIVER}`, frontendLines(names, paths, machine)],
    [`backend ${CAPACITY}`, capacityLines(names, slots, paths)],
  ];
}

/**
 * The part of a service's backend that is for deliveries alone. What may have been processed is the dispatcher's to repeat,
 * whatever its method; a connection that is refused still leads to another replica.
 */
export function deliveredLines(
  { spec, sleep }: Pick<GatewayService, 'spec' | 'sleep'>,
  { deliveries }: Pick<GatewaySpec, 'deliveries'>,
): readonly string[] {
  const timeoutMs = Object.hasOwn(deliveries, spec.name) ? deliveries[spec.name] : undefined;
  if (timeoutMs === undefined) return [];
  return [
    `http-request set-timeout server ${timeoutMs + DELIVERY_MARGIN_MS}ms if ${DELIVERED}`,
    ...(spec.retries > 0 ? [`http-request disable-l7-retry if ${DELIVERED}`] : []),
    // Of the servers to hand over to the first that fits is taken.
    ...(sleep ? [`use-server ${AGAIN} if ${MOVED}`] : []),
    // Who sent the task is not there to take a cookie.
    ...(spec.sticky ? [`ignore-persist if ${DELIVERED}`] : []),
  ];
}

/** Behind the hold: what is handed over to the next worker says there again for whom it is. */
export function movedDeliveryLines(
  { spec, sleep }: Pick<GatewayService, 'spec' | 'sleep'>,
  { deliveries }: Pick<GatewaySpec, 'deliveries'>,
): readonly string[] {
  if (!sleep || !Object.hasOwn(deliveries, spec.name)) return [];
  return [`http-request set-header ${TASK_HEADERS.service} ${spec.name} if ${MOVED}`];
}

/** The way of deliveries to the next worker. */
export function deliveryServerLines(
  { spec, sleep }: Pick<GatewayService, 'spec' | 'sleep'>,
  { deliveries }: Pick<GatewaySpec, 'deliveries'>,
  paths: GatewayPaths,
): readonly string[] {
  if (!sleep || !Object.hasOwn(deliveries, spec.name)) return [];
  return [`server ${AGAIN} ${socket(paths)} no-check weight 0 maxconn 0`];
}

/** `capacity.map`: what each place of a deliverable service is set to. Whether it is up only HAProxy knows. */
export function capacityFiles(
  { gateway, services }: GatewayState,
  slots: SlotTable,
): Readonly<Record<string, string>> {
  const names = deliverable(gateway);
  if (names.length === 0) return {};
  const entries = names.flatMap((name) =>
    seatsOf(services[name], slots[name] ?? []).map(
      ({ state }, slot) => [`${name}.${checkedName(slot)}`, state] as const,
    ),
  );
  return { [CAPACITY_MAP]: mapText(Object.fromEntries(entries)) };
}

// Private

/** No replica's name, nor that of what is handed over by the public frontend. */
const AGAIN = 'deliver-again';

const MOVED = `${DELIVERED} { var(txn.moved) -m found }`;

const WHO = 'var(txn.delivery)';

/** A worker must reach the socket, too, so it is HAProxy's own where that drops root; root is let in all the same. */
function frontendLines(
  names: readonly string[],
  paths: GatewayPaths,
  { dropTo }: GatewayMachine,
): readonly string[] {
  const owner = dropTo ? ` user ${word(dropTo.user)} group ${word(dropTo.group)}` : '';
  return [
    `bind ${socket(paths)} mode 600${owner}`,
    ...chunks(names).map((some) => `acl deliverable ${WHO} -m str ${some.join(' ')}`),
    `http-request set-var(txn.delivery) req.fhdr(${TASK_HEADERS.service})`,
    `http-request deny deny_status 404 unless deliverable || { path -m str ${CAPACITY_PATH} } !${DELIVERED}`,
    `http-request del-header ${TASK_HEADERS.service}`,
    `use_backend %[${WHO}] if ${DELIVERED}`,
    `default_backend ${CAPACITY}`,
    // Not of what HAProxy says itself; what the next worker has answered says it there.
    `http-response set-header ${TASK_HEADERS.answeredBy} %[srv_name] unless { var(txn.moved) -m found }`,
  ];
}

/**
 * Replicas that get deliveries: those that pass their checks and are not on their way out. `nbsrv` would count the spares
 * where all fail: clients are better served by the sick than by nobody, but a task can wait.
 */
function capacityLines(
  names: readonly string[],
  slots: SlotTable,
  { folder }: GatewayPaths,
): readonly string[] {
  const map = argument(`${folder}/${CAPACITY_MAP}`);
  const seats = names.map((name) => Object.keys(slots[name] ?? []).map(Number));
  const body = names.map((name, index) => `"${name}":%[var(txn.up${index},0)]`).join(',');
  return [
    ...seats.flatMap((own, index) =>
      own.map((slot) => {
        const name = names[index] as string;
        const server = checkedName(slot);
        const seat = word(`str(${name}.${server}),map(${map},maint)`);
        const count = `txn.up${index}`;
        return `http-request set-var(${count}) var(${count},0),add(1) if { srv_is_up(${backendName(name)}/${server}) } { ${seat} -m str ready }`;
      }),
    ),
    `http-request return status 200 content-type application/json lf-string ${word(`{${body}}`)} hdr Cache-Control no-store`,
  ];
}

function socket(paths: GatewayPaths): string {
  return word(`unix@${paths.runFolder}/${DELIVERY_SOCKET}`);
}
