import { useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import { whyNot } from './actions/act.ts';
import { ConfirmDialog } from './actions/confirm-dialog.tsx';
import { Footer } from './actions/footer.tsx';
import { sessionKey } from './actions/session-key.ts';
import { Told } from './actions/told.tsx';
import { AlertSection } from './alerts/alert-section.tsx';
import { Banners } from './banners/banners.tsx';
import { Databases } from './databases/databases.tsx';
import { Incidents } from './incidents/incidents.tsx';
import type { Live } from './live.ts';
import { LogsPanel } from './logs/logs-panel.tsx';
import { Queues } from './queues/queues.tsx';
import { TaskLists } from './queues/task-lists.tsx';
import { RangePicker } from './range-picker.tsx';
import { RecommendationSection } from './recommendations/recommendation-section.tsx';
import { ServiceIndex } from './service-index.tsx';
import { ServiceSection } from './service-section.tsx';
import { read } from './session.ts';
import { TopStrip } from './strip/top-strip.tsx';
import { momentText } from './timeline/time-text.ts';

/** The whole page. */
export function App({ live }: { live: Live }): JSX.Element {
  const { status, connection } = live;
  useSignalEffect(() => {
    document.title = status.value ? `${status.value.name} · Tidegate` : 'Tidegate';
  });
  const isLive = connection.value === 'live';
  const why = whyNot(isLive, sessionKey.value);
  return (
    <>
      <Top live={live} />
      <main class={isLive ? '' : 'stale'}>
        {connection.value === 'signed out' && <SignedOut />}
        <p role="status" class="why-not">
          {status.value && connection.value !== 'signed out' && why}
        </p>
        {status.value && <Parts live={live} whyNot={why} />}
      </main>
      {status.value && <Footer />}
      <ConfirmDialog changed={live.changed} />
    </>
  );
}

// Private

function Top({ live }: { live: Live }): JSX.Element {
  const { connection, status } = live;
  return (
    <header class="top">
      <p class="brand">
        <img src="/dashboard/mark.svg" alt="" width="28" height="28" /> Tidegate
      </p>
      <h1>{status.value?.name ?? 'Dashboard'}</h1>
      <p class="quiet">{status.value && `gateway ${status.value.gateway.url}`}</p>
      <p role="status" class={`connection ${connection.value === 'live' ? 'live' : ''}`}>
        {connection.value}
        {connection.value === 'reconnecting' && status.value && (
          <span> · as of {momentText(live.now.value, 0)}</span>
        )}
      </p>
      {status.value && <RangePicker live={live} />}
    </header>
  );
}

/** In the order in which somebody who was called looks: what is wrong, how it stands, what could be better, each service. */
function Parts({ live, whyNot }: { live: Live; whyNot: string | null }): JSX.Element | null {
  const { status, services } = live;
  const now = live.now.value;
  const known = status.value;
  if (known === null) return null;
  return (
    <>
      <Banners
        status={known}
        ended={live.ended.value}
        gatewayNews={live.gatewayNews.value}
        now={now}
      />
      <AlertSection alerts={live.alerts.value} now={now} />
      <TopStrip live={live} />
      <ServiceIndex services={known.services} now={now} />
      <Told />
      <Queues tasks={known.tasks} now={now} read={read} />
      {services.value.map((service) => (
        <ServiceSection key={service.name} live={live} service={service} whyNot={whyNot} />
      ))}
      <RecommendationSection
        recommendations={live.recommendations.value}
        services={known.services}
        whyNot={whyNot}
      />
      <TaskLists queues={known.tasks.queues} now={now} whyNot={whyNot} read={read} />
      <Databases databases={known.databases} />
      <Incidents
        title="What happened to the gateway and the databases"
        incidents={live.incidents.value}
        now={now}
      />
      <LogsPanel services={known.services} />
    </>
  );
}

function SignedOut(): JSX.Element {
  return (
    <p class="notice" role="alert">
      This page needs a fresh link. Run <code>tidegate dashboard</code> in the folder of the project
      and open what it prints.
    </p>
  );
}
