import type { Curve, Panel } from './panel.ts';
import { perSecond, select } from './promql.ts';

/** What is asked, and how its curves are called. */
export type Named = readonly [expr: string, legend: string];

/** The variables of the dashboard that tell one service. */
export const OWN = { project: '$project', service: '$service' };

/** A metric of the whole project. */
export function all(metric: string): string {
  return select(`tidegate_${metric}`, { project: '$project' });
}

/** A metric of one service. */
export function own(metric: string): string {
  return select(`tidegate_${metric}`, OWN);
}

/** How much of a limit is used. */
export function share(metric: string): string {
  return `${all(metric)} / ${all(`${metric}_limit`)}`;
}

/** The fraction of requests answered 5xx. */
export function errorShare(): string {
  const failed = select('tidegate_http_requests_total', { project: '$project' }, { code: '5..' });
  return `(${perSecond(failed)} or vector(0)) / ${perSecond(all('http_requests_total'))}`;
}

/** Curves over time. */
export function panel(
  title: string,
  unit: string,
  description: string,
  shape: 'stacked' | 'lines',
  curves: readonly Named[],
): Panel {
  return {
    title,
    unit,
    description,
    curves: curves.map(([expr, legend]): Curve => ({ expr, legend })),
    ...(shape === 'stacked' ? { shape } : {}),
  };
}

/** One number of the moment. */
export function number(title: string, unit: string, description: string, expr: string): Panel {
  return { title, unit, description, curves: [{ expr, legend: title }], shape: 'number' };
}
