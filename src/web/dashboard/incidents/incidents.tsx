import type { JSX } from 'preact';
import type { IncidentView } from '../../contract.ts';
import { span } from '../format.ts';

const SHOWN = 5;

/** What happened lately to a service or the gateway, the newest first; nothing is shown where nothing happened. */
export function Incidents({
  title = 'What happened',
  incidents,
  now,
}: {
  title?: string;
  incidents: readonly IncidentView[];
  now: number;
}): JSX.Element | null {
  if (incidents.length === 0) return null;
  return (
    <section class="incidents">
      <h3>{title}</h3>
      <IncidentList incidents={incidents.slice(0, SHOWN)} now={now} />
      {incidents.length > SHOWN && (
        <details>
          <summary class="quiet">{incidents.length - SHOWN} earlier</summary>
          <IncidentList incidents={incidents.slice(SHOWN)} now={now} />
        </details>
      )}
    </section>
  );
}

// Private

function IncidentList({
  incidents,
  now,
}: {
  incidents: readonly IncidentView[];
  now: number;
}): JSX.Element {
  return (
    <ol class="happened">
      {incidents.map(({ at, message, replica }) => (
        <li key={`${at} ${replica ?? ''} ${message}`}>
          <time class="quiet" dateTime={at} title={new Date(at).toLocaleString()}>
            {span(now - Date.parse(at))} ago
          </time>
          <span>{message}</span>
        </li>
      ))}
    </ol>
  );
}
