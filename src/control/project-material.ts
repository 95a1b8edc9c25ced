import type { Clock } from '../kit/clock.ts';
import type { Log } from '../kit/log.ts';
import { materialUnusable } from '../gateway/errors.ts';
import { createMaterial, type Material } from '../gateway/keys/material.ts';
import { atHand, type ReadSecret } from '../gateway/keys/sources.ts';
import type { GatewaySpec } from '../spec/spec.ts';
import type { Store } from '../state/store.ts';
import { keyMemory } from './key-memory.ts';

export interface ProjectMaterialDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly store: Pick<Store, 'facts'>;
  readonly readSecret: ReadSecret;
  /** Told what is wrong with what can be used all the same. */
  readonly warn: (sentence: string) => void;
}

/** The keys and the certificate of a gateway that is started now. @throws TidegateError MATERIAL_UNUSABLE */
export async function projectMaterial(
  gateway: GatewaySpec,
  { clock, log, store, readSecret, warn }: ProjectMaterialDeps,
): Promise<Material> {
  const memory = keyMemory(store.facts, log);
  const material = createMaterial({ clock, readSecret, memory });
  (await material.read(gateway, 'start')).keep();
  for (const { path, message } of material.problems(gateway)) warn(`${path}: ${message}`);
  return material;
}

/** Whether a start could read what has to be at hand. @throws TidegateError MATERIAL_UNUSABLE */
export function requireMaterial(gateway: GatewaySpec, readSecret: ReadSecret, clock: Clock): void {
  const { problems } = atHand(gateway, readSecret, clock, 'start');
  if (problems.length > 0) throw materialUnusable(problems);
}
