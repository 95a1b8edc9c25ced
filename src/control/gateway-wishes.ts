import type { GatewayState } from '../gateway/gateway.ts';
import type { Known, Material } from '../gateway/keys/material.ts';
import type { GatewayConditions, ServedSpec } from './gateway-state.ts';
import { CALM, gatewayState } from './gateway-state.ts';
import { servedAs } from './managed-service.ts';
import type { Project } from './project.ts';
import type { Roster } from './roster.ts';

/** What the gateway is to be told, put together anew each time it is asked for. */
export interface GatewayWishes {
  /** What is in force. */
  served(): ServedSpec;
  state(): GatewayState;
  /** With other keys, or another certificate. */
  stateWith(next: ServedSpec, known: Known): GatewayState;
}

export function createGatewayWishes(deps: {
  readonly project: Pick<Project, 'gateway' | 'services'>;
  readonly roster: Pick<Roster, 'all'>;
  readonly material: Pick<Material, 'of'>;
  readonly conditions: Partial<GatewayConditions>;
}): GatewayWishes {
  const { project, roster, material } = deps;
  const served = (): ServedSpec => ({
    gateway: project.gateway,
    services: [...project.services.values()].map(servedAs),
  });
  const stateWith = (next: ServedSpec, { keys, certificate }: Known): GatewayState =>
    gatewayState(next, roster.all(), {
      ...CALM,
      ...deps.conditions,
      keys: () => keys,
      certificate: () => certificate,
    });
  return {
    served,
    state: () => stateWith(served(), material.of(project.gateway)),
    stateWith,
  };
}
