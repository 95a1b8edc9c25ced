import type { GatewaySpec } from './spec.ts';

/** Where the gateway answers, for whoever is on this machine; one that listens everywhere is dialled on loopback. */
export function gatewayUrlOf({ host, port }: Pick<GatewaySpec, 'host' | 'port'>): string {
  return `http://${dialled(host)}:${port}`;
}

// Private

function dialled(host: string): string {
  if (host === '0.0.0.0' || host === '*' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
