import type { z } from 'zod';
import type { configSchema } from './schema/config.ts';
import type { gateway } from './schema/gateway.ts';
import type { route } from './schema/route.ts';
import type { scale } from './schema/scale.ts';
import type { service } from './schema/service.ts';

export type { Size } from '../kit/bytes.ts';
export type { Duration } from '../kit/duration.ts';

/** What a `tidegate.config.ts` exports. */
export type TidegateConfig = z.input<typeof configSchema>;
export type GatewayConfig = z.input<typeof gateway>;
export type RouteConfig = z.input<typeof route>;
export type ServiceConfig = z.input<typeof service>;
export type ScaleConfig = z.input<typeof scale>;

/** Gives the configuration its type, so that the editor helps; it changes nothing. */
export function defineConfig(config: TidegateConfig): TidegateConfig {
  return config;
}
