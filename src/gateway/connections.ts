import type { GatewayConnections } from './gateway.ts';
import { FRONTEND } from './render/names.ts';

/** Clients that are connected to a worker, and how many may be; null: that is not in this text. */
export function parseConnections(stat: string): GatewayConnections | null {
  const start = stat.indexOf(`\n${FRONTEND},FRONTEND,`);
  if (start < 0) return null;
  const titles = stat.slice(0, stat.indexOf('\n')).replace(/^# /, '').split(',');
  const end = stat.indexOf('\n', start + 1);
  const fields = stat.slice(start + 1, end < 0 ? undefined : end).split(',');
  const value = (title: string): number => Number(fields[titles.indexOf(title)]);
  const [open, limit] = [value('scur'), value('slim')];
  return Number.isFinite(open) && limit > 0 ? { open, limit } : null;
}
