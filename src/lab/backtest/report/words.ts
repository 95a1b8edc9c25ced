import { humanDuration } from '../../../kit/duration.ts';
import { numberText, valueText } from '../../report/value-text.ts';
import { contenderNamed } from '../contenders.ts';
import { replicasFor } from '../model-of.ts';
import { capacityRps } from '../service-model.ts';
import type { TraceResult } from '../simulation.ts';

/** What a trace is, in one line. */
export function traceText({ durationMs, stepMs, multiply, rps, model }: TraceResult): string {
  const times = multiply === 1 ? '' : `, times ${numberText(multiply)}`;
  const needed = replicasFor(rps.peak, model);
  return (
    `${humanDuration(durationMs)} in steps of ${humanDuration(stepMs)}${times}: ${numberText(rps.least)} to ` +
    `${numberText(rps.peak)}/s, at the peak ${numberText(needed)} ${needed === 1 ? 'replica' : 'replicas'}`
  );
}

/** A share of requests, with no more digits than say something. */
export function shareText(ratio: number): string {
  // What the model splits below a request, of any trace.
  if (ratio < 0.000_000_01) return '0 %';
  if (ratio < 0.000_01) return '< 0.001 %';
  const digits = ratio < 0.001 ? 3 : 5;
  return valueText(Number((ratio * 100).toFixed(digits)), '%');
}

/** What was supposed of the service, in one line. */
export function modelText({ model, seeds, tickMs }: TraceResult): string {
  const { serviceMs, concurrency, startup, sloMs, min, max } = model;
  return (
    `a replica serves ${numberText(capacityRps(model))}/s (${humanDuration(serviceMs)}, ${concurrency} at once), starts in about ` +
    `${humanDuration(startup.medianMs)}; slower than ${humanDuration(sloMs)} is a violation; ${min} to ${numberText(max)} replicas; ` +
    `${seeds} ${seeds === 1 ? 'seed' : 'seeds'}, ticks of ${humanDuration(tickMs)}`
  );
}

/** Whose name says less than all. */
export function labelOf(policy: string): string {
  return contenderNamed(policy).isInferred ? `${policy} (inferred)` : policy;
}
