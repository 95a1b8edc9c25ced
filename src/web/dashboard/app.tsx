import { useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import type { Live } from './live.ts';
import { ServiceSection } from './service-section.tsx';
import { TopStrip } from './top-strip.tsx';

/** The whole page. */
export function App({ live }: { live: Live }): JSX.Element {
  const { status, connection, services, now } = live;
  useSignalEffect(() => {
    document.title = status.value ? `${status.value.name} · Tidegate` : 'Tidegate';
  });
  const known = status.value;
  return (
    <>
      <header class="top">
        <p class="brand">
          <img src="/dashboard/mark.svg" alt="" width="28" height="28" /> Tidegate
        </p>
        <h1>{known?.name ?? '…'}</h1>
        {known && <p class="quiet">gateway {known.gateway.url}</p>}
        <p role="status" class={`connection ${connection.value === 'live' ? 'live' : ''}`}>
          {connection}
        </p>
      </header>
      <main class={connection.value === 'live' ? '' : 'stale'}>
        {connection.value === 'signed out' && <SignedOut />}
        {known && <TopStrip live={live} />}
        {services.value.map((service) => (
          <ServiceSection key={service.name} live={live} service={service} now={now.value} />
        ))}
      </main>
    </>
  );
}

// Private

function SignedOut(): JSX.Element {
  return (
    <p class="notice" role="alert">
      This page needs a fresh link. Run <code>tidegate dashboard</code> in the folder of the project
      and open what it prints.
    </p>
  );
}
