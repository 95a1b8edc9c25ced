import type { JSX } from 'preact';
import type { ServiceStatus } from '../contract.ts';
import { ServiceActions } from './actions/service-actions.tsx';
import { count, milliseconds, percent, rate } from './format.ts';
import { Incidents } from './incidents/incidents.tsx';
import type { Live } from './live.ts';
import type { ServiceLive } from './service-live.ts';
import { ReplicaTable } from './replicas/replica-table.tsx';
import { Timeline } from './timeline/timeline.tsx';
import { problemText, replicasText, stateOf } from './words.ts';

/** One service: how it is, its timeline, its replicas, and what happened to it. */
export function ServiceSection({
  live,
  service,
  whyNot,
}: {
  live: Live;
  service: ServiceLive;
  /** Why nothing can be changed now; null: it can. */
  whyNot: string | null;
}): JSX.Element {
  const status = service.status.value;
  const now = live.now.value;
  return (
    <section class="card service" aria-labelledby={`service-${service.name}`}>
      <Head status={status} now={now} whyNot={whyNot} />
      <Problem status={status} now={now} />
      <Numbers status={status} />
      <Timeline live={live} service={service} />
      <div class="below">
        <ReplicaTable service={status} now={now} />
        <Incidents incidents={service.incidents.value} now={now} />
      </div>
    </section>
  );
}

// Private

function Head({
  status,
  now,
  whyNot,
}: {
  status: ServiceStatus;
  now: number;
  whyNot: string | null;
}): JSX.Element {
  const { name, policy, min, max, revision } = status;
  const [word, tone] = stateOf(status, now);
  return (
    <header class="card-head">
      <h2 id={`service-${name}`}>{name}</h2>
      <p class={`state ${tone}`}>{word}</p>
      <p class="quiet">
        {policy} · {min} to {max} · revision {revision}
      </p>
      <ServiceActions service={status} whyNot={whyNot} />
    </header>
  );
}

function Problem({ status, now }: { status: ServiceStatus; now: number }): JSX.Element | null {
  const message = problemText(status, now);
  if (message === null) return null;
  const log = status.problem?.log ?? [];
  return (
    <div class="problem">
      <p class="bad">{message}</p>
      {log.length > 0 && <pre>{log.join('\n')}</pre>}
    </div>
  );
}

function Numbers({ status }: { status: ServiceStatus }): JSX.Element {
  const { signals } = status;
  const numbers = [
    ['replicas', replicasText(status)],
    ['rate', rate(signals.rps)],
    ['p95', milliseconds(signals.latencyP95Ms)],
    ['errors', percent(signals.errors)],
    ['CPU', percent(signals.cpu)],
    ['waiting', count(signals.queued)],
  ] as const;
  return (
    <dl class="numbers">
      {numbers.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
