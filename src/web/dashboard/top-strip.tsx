import type { JSX } from 'preact';
import type { Live } from './live.ts';

/** All services together: rate, p95, errors, replicas. */
export function TopStrip({ live }: { live: Live }): JSX.Element {
  return <p>{live.services.value.length} services</p>;
}
