import { resolve } from 'node:path';
import { DEFAULTS } from './defaults.ts';
import type { Config } from './schema/config.ts';
import type { TlsSpec } from './spec.ts';

/** `gateway.tls` with its defaults; files are absolute. */
export function resolveTls({ gateway }: Config, folder: string): TlsSpec | null {
  const given = gateway?.tls;
  if (!given) return null;
  return {
    cert: resolve(folder, given.cert),
    key: resolve(folder, given.key),
    port: given.port ?? DEFAULTS.tls.port,
    redirect: given.redirect ?? DEFAULTS.tls.redirect,
    hstsMs: given.hsts ?? null,
  };
}
