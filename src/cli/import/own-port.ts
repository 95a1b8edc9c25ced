import type { ServiceConfig } from '../../spec/define.ts';
import { setWithin, withoutAssignments } from './assignments.ts';
import type { Lose } from './draft.ts';
import { literalPort } from './literal-port.ts';
import { keepable } from './variables.ts';

export interface WithoutOwnPort {
  readonly config: ServiceConfig;
  /** The port that the command gave its program as a variable. */
  readonly port: number | null;
}

/**
 * A command as Tidegate can start it: variables in front of it stand in `env`, a PORT or HOST among them is named and left
 * out. A port that stands in the command itself is only named: what it is there for, its author knows.
 */
export function withoutOwnPort(config: ServiceConfig, at: string, lose: Lose): WithoutOwnPort {
  if (config.command === undefined) return { config, port: null };
  const { command, variables } = withoutAssignments(config.command);
  const given = new Map(variables);
  const kept = keepable(given, at, lose);
  const within = setWithin(command);
  if (within !== null) {
    lose(
      at,
      `sets ${within} within the command: take that out, Tidegate gives each replica its own`,
    );
  }
  const found = literalPort(command);
  if (found) {
    lose(
      at,
      `listens on ${found.port} by its command (${found.written}): replace ${found.port} by $PORT: each replica has a port of its own`,
    );
  }
  const { command: _, env, ...rest } = config;
  const all = env === undefined && kept === undefined ? undefined : { ...env, ...kept };
  const port = Number(given.get('PORT'));
  return {
    config: { command, ...(all && { env: all }), ...rest },
    port: Number.isInteger(port) && port > 0 && port < 65_536 ? port : null,
  };
}

/** Said where clients knew a port. */
export function portRemark(port: number): string {
  return `It listened on ${port} itself. Clients find the gateway there with gateway.port: ${port}.`;
}
