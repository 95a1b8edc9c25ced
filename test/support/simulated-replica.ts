import { addLatency } from '../../src/signals/histogram.ts';
import type { MutableHistogram } from '../../src/signals/histogram.ts';
import type { Program } from './simulated-service.ts';

export const STEP_MS = 10;

export interface Request {
  readonly at: number;
  waitMs: number;
  workMs: number;
}

export interface Replica {
  readonly orderedAt: number;
  readonly readyAt: number;
  /** Until then what it waits for takes twice as long. */
  readonly coldUntil: number;
  readonly requests: Request[];
  busyMs: number;
}

/** Ready at once, and warm, where nothing else is said. */
export function newReplica(orderedAt: number, readyAt = orderedAt, coldMs = 0): Replica {
  return { orderedAt, readyAt, coldUntil: readyAt + coldMs, requests: [], busyMs: 0 };
}

export function leastBusy(replicas: readonly Replica[], places: number): Replica | null {
  let least: Replica | null = null;
  for (const each of replicas) {
    if (each.requests.length >= places) continue;
    if (!least || each.requests.length < least.requests.length) least = each;
  }
  return least;
}

/** One step of one replica: those that wait for others, and the core shared by the rest, request by request. */
export function advance(
  replica: Replica,
  from: number,
  queue: Request[],
  { places = Infinity }: Program,
  latency: MutableHistogram,
  allowance: number,
  leaving: readonly Replica[],
): number {
  let left = STEP_MS;
  let allowed = allowance;
  const pace = from < replica.coldUntil ? 0.5 : 1;
  while (left > 1e-6 && replica.requests.length > 0) {
    let working = 0;
    let next = left;
    for (const { waitMs, workMs } of replica.requests) {
      if (waitMs > 0) next = Math.min(next, waitMs / pace);
      else if (workMs > 0) working++;
    }
    for (const { waitMs, workMs } of replica.requests) {
      if (waitMs <= 0 && workMs > 0) next = Math.min(next, workMs * working);
    }
    const span = Math.max(next, 1e-6);
    for (const request of replica.requests) {
      if (request.waitMs > 0) request.waitMs -= span * pace;
      else if (request.workMs > 0) request.workMs -= span / working;
    }
    if (working > 0) replica.busyMs += span;
    left -= span;
    for (let index = replica.requests.length - 1; index >= 0; index--) {
      const request = replica.requests[index] as Request;
      if (request.waitMs > 1e-6 || request.workMs > 1e-6) continue;
      if (allowed < 1) {
        request.waitMs = 0;
        request.workMs = 0;
        continue;
      }
      allowed--;
      addLatency(latency, from + STEP_MS - left - request.at);
      replica.requests.splice(index, 1);
      if (queue.length > 0 && replica.requests.length < places && !leaving.includes(replica)) {
        replica.requests.push(queue.shift() as Request);
      }
    }
    if (working === 0 && next === left + span) break;
  }
  return allowed;
}
