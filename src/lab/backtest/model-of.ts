import { DEFAULT_MODEL, capacityRps } from './service-model.ts';
import type { ServiceModel } from './service-model.ts';

/** What is known of a service beside what is supposed of every one; later ones win. */
export type KnownModel = Partial<Omit<ServiceModel, 'startup'>> & {
  readonly startup?: Partial<ServiceModel['startup']>;
};

/** As many times what the peak needs as any policy may run, where nobody says how many. */
const ROOM = 4;

/** The model of a service that is to carry at most `peakRps`: the defaults, and over them what is known. */
export function modelOf(peakRps: number, known: readonly KnownModel[]): ServiceModel {
  const startup = Object.assign({}, DEFAULT_MODEL.startup, ...known.map((each) => each.startup));
  const all = Object.assign({}, ...known) as KnownModel;
  const model: ServiceModel = {
    max: Number.NaN,
    ...DEFAULT_MODEL,
    // It ends what it has begun, and is not free while it does.
    drainMs: Math.max(DEFAULT_MODEL.drainMs, all.serviceMs ?? 0),
    ...all,
    startup,
  };
  if (!Number.isNaN(model.max)) return model;
  return { ...model, max: Math.max(1, model.min, Math.ceil(ROOM * replicasFor(peakRps, model))) };
}

/** So many replicas, never idle, carry that rate; at least one. */
export function replicasFor(rps: number, model: ServiceModel): number {
  return Math.max(1, Math.ceil(rps / capacityRps(model)));
}
