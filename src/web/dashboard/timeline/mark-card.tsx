import type { ReadonlySignal, Signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { span } from '../format.ts';
import type { Live } from '../live.ts';
import { DecisionDetail } from './decision-detail.tsx';
import { policyText } from './decision-words.ts';
import { markerTitle, placeText } from './marker-words.ts';
import { clusterTone } from './markers.ts';
import type { Cluster, Marker } from './markers.ts';
import { momentText } from './time-text.ts';

/** The decision or the incident whose marker was opened; Escape closes it, and the focus goes back to the marker. */
export function MarkCard({
  live,
  name,
  markers,
  clusters,
  opened,
}: {
  live: Live;
  name: string;
  markers: ReadonlySignal<readonly Marker[]>;
  clusters: ReadonlySignal<readonly Cluster[]>;
  opened: Signal<string | null>;
}): JSX.Element | null {
  const card = useRef<HTMLElement>(null);
  const id = opened.value;
  const all = markers.value;
  const index = all.findIndex((each) => each.id === id);
  const marker = all[index];
  // Whoever opened it goes on reading here.
  useEffect(() => {
    if (marker) card.current?.focus();
  }, [id]);
  if (!marker) return null;
  const step = (by: number): void => {
    const next = all[index + by];
    if (next) opened.value = next.id;
  };
  const close = (): void => {
    const rail = card.current?.closest('.timeline')?.querySelector('.rail');
    const button =
      rail?.querySelector('[aria-expanded="true"]') ?? rail?.querySelector('[tabindex="0"]');
    opened.value = null;
    if (button instanceof HTMLElement) button.focus();
  };
  const title = markerTitle(marker);
  const what = marker.kind === 'incident' ? 'Incident' : 'Decision';
  return (
    <section
      ref={card}
      class="mark-card"
      tabIndex={-1}
      role="dialog"
      aria-label={`${what} on ${name}: ${title}`}
      onKeyDown={({ key }) => {
        if (key === 'Escape') close();
        if (key === 'ArrowLeft') step(-1);
        if (key === 'ArrowRight') step(1);
      }}
    >
      <header>
        <h3 class={marker.kind === 'incident' ? `state ${toneOf(marker)}` : ''}>{title}</h3>
        <p class="quiet">
          <When marker={marker} live={live} />
        </p>
        <p class="quiet place">{placeText(marker, clusters.value)}</p>
        <button type="button" disabled={index === 0} onClick={() => step(-1)}>
          Earlier
        </button>
        <button type="button" disabled={index === all.length - 1} onClick={() => step(1)}>
          Later
        </button>
        <button type="button" class="close" onClick={close}>
          Close
        </button>
      </header>
      {marker.kind === 'incident' ? (
        <p class="message">{marker.incident.message}</p>
      ) : (
        <DecisionDetail decision={marker.decision} />
      )}
    </section>
  );
}

// Private

function toneOf(marker: Marker): string {
  return clusterTone({ members: [marker] }) ?? '';
}

function When({ marker, live }: { marker: Marker; live: Live }): JSX.Element {
  const { at } = marker;
  return (
    <>
      <time dateTime={new Date(at).toISOString()}>{momentText(at, live.range.value.spanMs)}</time>,{' '}
      {span(live.now.value - at)} ago
      {marker.kind !== 'incident' && ` · ${policyText(marker.decision)}`}
    </>
  );
}
