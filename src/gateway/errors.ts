import { EXIT, TidegateError } from '../kit/errors.ts';

/** No HAProxy, or one too old. */
export function haproxyMissing(sentence: string, installCommand: string): TidegateError {
  return new TidegateError('HAPROXY_MISSING', sentence, {
    hint: `install HAProxy 2.6 or newer: ${installCommand} (or name the binary in TIDEGATE_HAPROXY)`,
  });
}

export type PortKey = 'gateway.port' | 'gateway.tls.port' | 'admin.port';

export interface TakenPort {
  readonly host: string;
  readonly port: number;
  readonly key: PortKey;
  /** Null: it cannot be seen. */
  readonly holder: string | null;
}

/** All at once, so that nobody moves one port only to hear of the next; `facts.taken` has them, one or more. */
export function portsTaken(taken: readonly TakenPort[]): TidegateError {
  const each = taken.map(({ host, port, holder }, index) => {
    const is = index === 0 ? ' is taken' : '';
    return `port ${port} on ${host}${is} by ${holder ?? 'another program'}`;
  });
  const keys = taken.map(({ key }) => key);
  return new TidegateError('PORT_TAKEN', each.join(', '), {
    hint:
      taken.length > 1
        ? `stop what listens there, or choose other ports with ${keys.join(' and ')}`
        : `stop that program, or choose another port with ${keys.join('')}`,
    facts: { taken },
  });
}

/** The address can never be listened on, whoever else does. */
export function addressRefused(sentence: string, key: PortKey, cause: unknown): TidegateError {
  if (key !== 'admin.port') return gatewayRefused([sentence], cause);
  return new TidegateError('LISTEN_FAILED', sentence, {
    hint: 'set admin.host and admin.port to an address of this machine',
    cause,
  });
}

/** HAProxy, or the planner before it, does not take this configuration. */
export function gatewayRefused(problems: readonly string[], cause?: unknown): TidegateError {
  return new TidegateError('GATEWAY_REFUSED', `the gateway refused: ${problems.join('; ')}`, {
    facts: { problems },
    cause,
  });
}

/** HAProxy did not answer on its socket. */
export function gatewaySilent(what: string, cause?: unknown): TidegateError {
  return new TidegateError('GATEWAY_SILENT', `HAProxy did not answer (${what})`, { cause });
}

/** HAProxy answered a command of ours with an error. */
export function commandFailed(command: string, answer: string): TidegateError {
  const [firstLine = ''] = answer.split('\n');
  return new TidegateError(
    'GATEWAY_COMMAND_FAILED',
    `HAProxy answered "${firstLine}" to "${command}"`,
  );
}

/** Keys or the certificate cannot be used as the configuration names them. */
export function materialUnusable(
  problems: readonly { readonly path: string; readonly message: string }[],
): TidegateError {
  const lines = problems.map(({ path, message }) => `\n  ${path}: ${message}`);
  return new TidegateError(
    'MATERIAL_UNUSABLE',
    `What the gateway needs cannot be used:${lines.join('')}`,
    {
      hint: 'Mend the files, or what names them; nothing was changed.',
      exitCode: EXIT.usage,
      facts: { errors: problems },
    },
  );
}
