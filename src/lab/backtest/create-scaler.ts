import { POLICIES } from '../../spec/spec.ts';
import type { PolicyName, ScaleSpec } from '../../spec/spec.ts';
import { createAws } from './baselines/aws/scaler.ts';
import { CLAIRVOYANT_UTILIZATION, createClairvoyant } from './baselines/clairvoyant.ts';
import type { PeerContext } from './baselines/context.ts';
import { createHpa } from './baselines/hpa/scaler.ts';
import { createKeda } from './baselines/keda/scaler.ts';
import { createKpa } from './baselines/kpa/scaler.ts';
import { createStatic } from './baselines/static.ts';
import type { Scaler } from './scaler.ts';
import { scaleOf } from './tidegate-scale.ts';
import { createTidegateScaler } from './tidegate-scaler.ts';

type Context = PeerContext & { readonly tickMs: number };

/** What decides in a replay: a contender at a setting of its knob; null: as it comes. `own`: the user's rules. */
export function createScaler(
  name: string,
  target: number | null,
  context: Context,
  own: ScaleSpec | null,
): Scaler {
  const peer = PEERS[name];
  if (peer) return peer.create(target ?? peer.asItComes, context);
  const policy = POLICIES.find((each) => each === name);
  if (!policy) throw new Error(`there is no policy ${name}`);
  return createOurs(policy, target, context, own);
}

// Private

interface Peer {
  readonly create: (utilization: number, context: Context) => Scaler;
  /** The vendor's default; where there is none, what its examples have. */
  readonly asItComes: number;
}

const PEERS: Readonly<Record<string, Peer>> = {
  hpa: { create: createHpa, asItComes: 0.8 },
  kpa: { create: createKpa, asItComes: 0.7 },
  keda: { create: createKeda, asItComes: 0.7 },
  aws: { create: createAws, asItComes: 0.7 },
  static: { create: createStatic, asItComes: 0.8 },
  clairvoyant: { create: createClairvoyant, asItComes: CLAIRVOYANT_UTILIZATION },
};

function createOurs(
  policy: PolicyName,
  target: number | null,
  { model, tickMs }: Context,
  own: ScaleSpec | null,
): Scaler {
  return createTidegateScaler(scaleOf(policy, target, model, own), { tickMs });
}
