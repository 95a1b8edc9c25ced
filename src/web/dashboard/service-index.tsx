import type { JSX } from 'preact';
import type { ServiceStatus } from '../contract.ts';
import { replicasText, stateOf } from './words.ts';

/** Every service in one line, since their cards are long: how it is, and the way to it. */
export function ServiceIndex({
  services,
  now,
}: {
  services: readonly ServiceStatus[];
  now: number;
}): JSX.Element | null {
  if (services.length < 2) return null;
  return (
    <nav class="service-index" aria-label="Services">
      <ul>
        {services.map((service) => (
          <Entry key={service.name} service={service} now={now} />
        ))}
      </ul>
    </nav>
  );
}

// Private

function Entry({ service, now }: { service: ServiceStatus; now: number }): JSX.Element {
  const [word, tone] = stateOf(service, now);
  return (
    <li>
      <a href={`#service-${service.name}`} class={tone}>
        <strong>{service.name}</strong> {/* What is as it should be needs no word on the screen. */}
        <span class={tone === 'good' ? 'unseen' : 'word'}>{word}</span>{' '}
        <span class="quiet">{replicasText(service)}</span>
      </a>
    </li>
  );
}
