import type { Path } from '../../spec/problem.ts';
import type { GatewaySpec, RouteSpec } from '../../spec/spec.ts';
import type { GatewayService, GatewayState } from '../gateway.ts';

/** What is asked behind all rules of the request. */
export const LATER = { replica: 1e8, answer: 1e9 } as const;

/** A part of the configuration that a rule may come from. */
export interface Source {
  readonly text: string;
  readonly path: Path;
  /** The state without it; its lines are those that are missing then. */
  readonly without: (state: GatewayState) => GatewayState;
  /** Of those lines the ones that are its own where others hang on them. */
  readonly keep?: RegExp;
  /** Rules of the request stand in the order of HAProxy's; by `request` those are meant. */
  readonly phase?: 'request' | keyof typeof LATER;
  /** Said also where no line is its own. */
  readonly always?: boolean;
}

/** A state with this of the gateway changed. */
export const noGateway =
  (changed: Partial<GatewaySpec>) =>
  (state: GatewayState): GatewayState => ({ ...state, gateway: { ...state.gateway, ...changed } });

/** A state with this of one route changed. */
export const noRoute =
  (index: number, changed: Partial<RouteSpec>) =>
  (state: GatewayState): GatewayState =>
    noGateway({
      routes: state.gateway.routes.map((route, at) =>
        at === index ? { ...route, ...changed } : route,
      ),
    })(state);

/** A state with this of one service changed. */
export const noService =
  (name: string, changed: Partial<GatewayService['spec']>, other: Partial<GatewayService> = {}) =>
  (state: GatewayState): GatewayState => {
    const service = state.services[name] as GatewayService;
    const without = { ...service, ...other, spec: { ...service.spec, ...changed } };
    return { ...state, services: { ...state.services, [name]: without } };
  };
