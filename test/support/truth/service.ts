import { join } from 'node:path';
import type { ServiceModel } from '../../../src/lab/backtest/service-model.ts';
import type { TidegateConfig } from '../../../src/spec/define.ts';
import type { PolicyName } from '../../../src/spec/spec.ts';

/** As far as it is known beforehand: four at once, each waits 200 ms; a start takes 3 s besides that of Node. */
export const TOLD: ServiceModel = {
  serviceMs: 200,
  serviceCv: 0,
  concurrency: 4,
  startup: { medianMs: 3_000, cv: 0.1 },
  drainMs: 1_000,
  timeoutMs: 30_000,
  sloMs: 500,
  min: 1,
  max: 20,
};

/** The service of the model, really: with the rules a policy has where nobody writes any. */
export function configOf(policy: PolicyName): TidegateConfig {
  const { serviceMs, concurrency, startup, sloMs, min, max } = TOLD;
  return {
    services: {
      app: {
        command: [process.execPath, join(import.meta.dirname, 'waiting.cjs')],
        env: { WORK_MS: `${serviceMs}`, START_MS: `${startup.medianMs}` },
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
