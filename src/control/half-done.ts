import type { Deployment } from './view.ts';

type Services = Pick<Deployment, 'services'>;

/** The services of which replicas were replaced already: where it stands still there, both kinds serve on. */
export function halfDone({ services }: Services): readonly string[] {
  return services
    .filter(({ from, to, replaced }) => from !== null && to !== null && replaced > 0)
    .map(({ name }) => name);
}

/** How far one came that stands still, in words. */
export function howFar({ services }: Services): string {
  const half = halfDone({ services });
  if (half.length === 0) return 'It was interrupted before anything was replaced.';
  const progress = services
    .filter(({ name }) => half.includes(name))
    .map(({ name, replaced, of }) => `${name}: ${replaced} of ${of} replaced`);
  return `It was interrupted; ${progress.join(', ')}.`;
}
