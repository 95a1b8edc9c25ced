import type { Clock } from '../../src/kit/clock.ts';
import { createMaterial, type Material } from '../../src/gateway/keys/material.ts';

/** For a gateway without keys and without a certificate. */
export function noMaterial(clock: Clock): Material {
  const nothing = (): never => {
    throw new Error('nobody should ask');
  };
  return createMaterial({
    clock,
    readSecret: nothing,
    fetch: nothing,
    memory: { get: () => null, set: nothing },
  });
}
