import { useSignal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { Live } from '../live.ts';
import type { ServiceLive } from '../service-live.ts';
import { namedSeries } from './panels.ts';
import type { Marker } from './markers.ts';
import { markedRows, tableRows } from './timeline-words.ts';

/** The drawing as numbers, for who asks for them. */
export function TimelineTable({
  live,
  service,
  markers,
}: {
  live: Live;
  service: ServiceLive;
  markers: ReadonlySignal<readonly Marker[]>;
}): JSX.Element {
  const open = useSignal(false);
  return (
    <details class="as-table" onToggle={({ currentTarget }) => (open.value = currentTarget.open)}>
      <summary class="quiet">As a table</summary>
      {open.value && <Table live={live} service={service} markers={markers} />}
    </details>
  );
}

// Private

function Table({
  live,
  service,
  markers,
}: {
  live: Live;
  service: ServiceLive;
  markers: ReadonlySignal<readonly Marker[]>;
}): JSX.Element {
  const { name, points } = service;
  const named = namedSeries(points.value);
  const marked = markedRows(markers.value, live.range.value);
  return (
    <div class="scroller" tabIndex={0} role="region" aria-label={`Timeline of ${name} as a table`}>
      <table>
        <thead>
          <tr>
            <th scope="col">time</th>
            {named.map(({ key, label }) => (
              <th key={key} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {tableRows(points.value, live.range.value, named).map(({ time, values }) => (
            <tr key={time}>
              <th scope="row">{time}</th>
              {values.map((value, index) => (
                <td key={index}>{value}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {marked.length > 0 && (
        <table class="marked">
          <thead>
            <tr>
              <th scope="col">time</th>
              <th scope="col">decision or incident</th>
            </tr>
          </thead>
          <tbody>
            {marked.map(({ id, time, text }) => (
              <tr key={id}>
                <th scope="row">{time}</th>
                <td>{text}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}
