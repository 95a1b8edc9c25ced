import type { JSX } from 'preact';
import type { Live, ServiceLive } from './live.ts';
import { replicasText, stateOf } from './words.ts';

/** One service: how it is, its timeline, and what there is to know of it. */
export function ServiceSection({
  service,
  now,
}: {
  live: Live;
  service: ServiceLive;
  now: number;
}): JSX.Element {
  const status = service.status.value;
  const [word, tone] = stateOf(status, now);
  return (
    <section class="card" aria-label={service.name}>
      <header class="card-head">
        <h2>{service.name}</h2>
        <p class={`state ${tone}`}>{word}</p>
      </header>
      <p>{replicasText(status)}</p>
    </section>
  );
}
