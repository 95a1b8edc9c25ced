import { answers } from '../../spec/answers.ts';
import type { GatewayState } from '../gateway.ts';

const SECOND = 1_000;

/** How long an idle keep-alive connection is kept; finite, so that an old worker ends after a reload. */
export const KEEP_ALIVE_MS = 30 * SECOND;

/** A request's head must be complete by then. */
export const REQUEST_HEAD_MS = 10 * SECOND;

/** The body must have come by then, or as much of it as HAProxy holds. */
export const BODY_START_MS = 20 * SECOND;

/** A client that is expected to send or take bytes and does not. */
export const CLIENT_MS = 60 * SECOND;

export const CONNECT_MS = 3 * SECOND;

/** A WebSocket on which nothing at all moves. */
export const TUNNEL_MS = 3600 * SECOND;

/** The longest time HAProxy can count in ms: 2^31 - 1, about 24 days. */
export const LONGEST_MS = 2_147_483_647;

/** The timeout of a service that no route leads to. */
export const DEFAULT_TIMEOUT_MS = 30 * SECOND;

/** Who sends a task may wait for its result: `Prefer: wait` is for 60 s at most. */
export const TAKING_MS = 65 * SECOND;

/** So much longer than a delivery may take HAProxy waits for it: the dispatcher is to give up first. */
export const DELIVERY_MARGIN_MS = 5 * SECOND;

/** How long a worker may go on after a reload: longer than the longest request, its wait, its queueing and its retries. */
export function hardStopMs(state: GatewayState): number {
  const longest = state.gateway.routes.map((route) => {
    const services = route.services.flatMap(({ service }) => state.services[service] ?? []);
    const heldMs = Math.max(0, ...services.map(({ sleep }) => sleep?.holdMs ?? 0));
    const retries = Math.max(0, ...services.map(({ spec }) => spec.retries));
    const timeoutMs = Math.max(route.timeoutMs, route.async === null ? 0 : TAKING_MS);
    return heldMs + timeoutMs * (retries + 2);
  });
  const deliveries = Object.entries(state.gateway.deliveries).map(([name, deliveryMs]) => {
    const heldMs = state.services[name]?.sleep?.holdMs ?? 0;
    const queueMs = Math.max(
      DEFAULT_TIMEOUT_MS,
      ...state.gateway.routes
        .filter((route) => answers(route, name))
        .map((route) => route.timeoutMs),
    );
    return heldMs + queueMs + deliveryMs + DELIVERY_MARGIN_MS;
  });
  const drains = Object.values(state.services).map((service) => service.spec.drainMs);
  return Math.min(
    LONGEST_MS,
    Math.max(KEEP_ALIVE_MS, ...longest, ...deliveries, ...drains) + 30 * SECOND,
  );
}
