import { join } from 'node:path';
import type { ServiceModel } from '../../../src/lab/backtest/service-model.ts';
import type { TidegateConfig } from '../../../src/spec/define.ts';
import type { PolicyName } from '../../../src/spec/spec.ts';

/** It listens so long after its process has begun, give or take a sixth; Node's own start and the answer to be healthy come on top. */
const LISTENS_AFTER_MS = 3_000;
const NODE_MS = 200;

/** As far as it is known beforehand: four at once, each waits 200 ms. */
export const TOLD: ServiceModel = {
  serviceMs: 200,
  serviceCv: 0,
  concurrency: 4,
  startup: { medianMs: LISTENS_AFTER_MS + NODE_MS, cv: 0.1 },
  drainMs: 1_000,
  timeoutMs: 30_000,
  sloMs: 500,
  min: 1,
  max: 20,
};

/** The service of the model, really: with the rules a policy has where nobody writes any. */
export function configOf(policy: PolicyName): TidegateConfig {
  const { serviceMs, concurrency, sloMs, min, max } = TOLD;
  return {
    services: {
      app: {
        command: [process.execPath, join(import.meta.dirname, 'waiting.cjs')],
        env: { WORK_MS: `${serviceMs}`, START_MS: `${LISTENS_AFTER_MS}` },
        health: { path: '/health' },
        concurrency,
        scale: {
          policy,
          min,
          max,
          ...(policy === 'slo' ? { slo: { latency: `${sloMs}ms` } } : {}),
        },
      },
    },
  };
}
