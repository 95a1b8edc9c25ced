import type { ReadonlySignal, Signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { DecisionView } from '../../contract.ts';
import { span } from '../format.ts';
import type { Live } from '../live.ts';
import type { ServiceLive } from '../service-live.ts';
import { verdict } from '../words.ts';
import { boundText, inputsOf, stagesOf } from './decision-words.ts';
import type { Marker } from './markers.ts';
import { momentText } from './time-text.ts';

/** The decision whose marker was opened; Escape closes it, and the focus goes back to the marker. */
export function DecisionCard({
  live,
  service,
  markers,
  opened,
}: {
  live: Live;
  service: ServiceLive;
  markers: ReadonlySignal<readonly Marker[]>;
  opened: Signal<number | null>;
}): JSX.Element | null {
  const card = useRef<HTMLElement>(null);
  const id = opened.value;
  const index = markers.value.findIndex(({ decision }) => decision.id === id);
  const decision = markers.value[index]?.decision;
  // Whoever opened it goes on reading here.
  useEffect(() => {
    if (decision) card.current?.focus();
  }, [id]);
  if (!decision) return null;
  const step = (by: number): void => {
    const next = markers.value[index + by];
    if (next) opened.value = next.decision.id;
  };
  const close = (): void => {
    const rail = card.current?.closest('.timeline')?.querySelector('.rail');
    const marker =
      rail?.querySelector(`[data-decision="${decision.id}"]`) ??
      rail?.querySelector('[tabindex="0"]');
    opened.value = null;
    if (marker instanceof HTMLElement) marker.focus();
  };
  return (
    <section
      ref={card}
      class="decision"
      tabIndex={-1}
      role="dialog"
      aria-label={`Decision on ${service.name}: ${verdict(decision)}`}
      onKeyDown={({ key }) => {
        if (key === 'Escape') close();
        if (key === 'ArrowLeft') step(-1);
        if (key === 'ArrowRight') step(1);
      }}
    >
      <header>
        <h3>{verdict(decision)}</h3>
        <p class="quiet">
          <When decision={decision} live={live} />
        </p>
        <button type="button" disabled={index === 0} onClick={() => step(-1)}>
          Earlier
        </button>
        <button type="button" disabled={index === markers.value.length - 1} onClick={() => step(1)}>
          Later
        </button>
        <button type="button" class="close" onClick={close}>
          Close
        </button>
      </header>
      <Stages decision={decision} />
      <div class="why">
        <Reasons decision={decision} />
        <Inputs decision={decision} />
      </div>
    </section>
  );
}

// Private

function When({ decision, live }: { decision: DecisionView; live: Live }): JSX.Element {
  const { at, until, times, policy } = decision;
  const atMs = Date.parse(at);
  const held = times > 1 ? ` · decided ${times} times in ${span(Date.parse(until) - atMs)}` : '';
  return (
    <>
      <time dateTime={at}>{momentText(atMs, live.range.value.spanMs)}</time>,{' '}
      {span(live.now.value - atMs)} ago · policy {policy}
      {held}
    </>
  );
}

function Stages({ decision }: { decision: DecisionView }): JSX.Element {
  return (
    <ol class="stages" aria-label="Stages">
      {stagesOf(decision).map(({ label, value, changed }) => (
        <li key={label} class={changed ? 'changed' : ''}>
          <span class="quiet">{label}</span> <strong>{value}</strong>
        </li>
      ))}
    </ol>
  );
}

function Reasons({ decision }: { decision: DecisionView }): JSX.Element {
  const { binding, reasons, lately } = decision;
  return (
    <div>
      <h4>Why</h4>
      <ul>
        {reasons.map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
      </ul>
      <p class={binding === 'none' ? 'quiet' : 'bound'}>{boundText(binding)}</p>
      {lately && lately.length > 0 && (
        <>
          <h4>Why it stays so</h4>
          <ul>
            {lately.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

function Inputs({ decision }: { decision: DecisionView }): JSX.Element {
  return (
    <div>
      <h4>What it knew</h4>
      <dl class="inputs">
        {inputsOf(decision.signals).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
