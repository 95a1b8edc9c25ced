import type { GatewaySpec } from './spec.ts';

/** Where the gateway answers, for whoever is on this machine: over HTTPS where it does. */
export function gatewayUrlOf(gateway: Pick<GatewaySpec, 'host' | 'port' | 'tls'>): string {
  const { host, tls } = gateway;
  return tls ? `https://${dialled(host)}:${tls.port}` : plainUrlOf(gateway);
}

/** The plain port, for services on this machine: the certificate is seldom good for the address they dial. */
export function plainUrlOf({ host, port }: Pick<GatewaySpec, 'host' | 'port'>): string {
  return `http://${dialled(host)}:${port}`;
}

// Private

/** One that listens everywhere is dialled on loopback. */
function dialled(host: string): string {
  if (host === '0.0.0.0' || host === '*' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
