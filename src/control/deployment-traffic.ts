import type { GatewayTraffic } from '../gateway/gateway.ts';
import { createHistogram, mergeInto, percentileMs } from '../signals/histogram.ts';
import type { DeploymentTraffic } from './view.ts';

/** What clients saw while a deployment went on. */
export interface TrafficMeter {
  add(traffic: GatewayTraffic): void;
  read(): DeploymentTraffic;
}

/** A percentile of fewer requests is no percentile. */
const LEAST_REQUESTS = 20;

/** Counts the requests of all services; the latency is that of the `concerned` ones. */
export function createTrafficMeter(
  concerned: ReadonlySet<string>,
  p95BeforeMs: number | null,
): TrafficMeter {
  const latency = createHistogram();
  let requests = 0;
  let failed = 0;
  return {
    add({ services }) {
      for (const [name, service] of Object.entries(services)) {
        requests += service.requests;
        failed += service.errors;
        if (concerned.has(name)) mergeInto(latency, service.latency);
      }
    },
    read() {
      const p95DuringMs = latency.total >= LEAST_REQUESTS ? percentileMs(latency, 0.95) : null;
      return { requests, failed, p95BeforeMs, p95DuringMs };
    },
  };
}
