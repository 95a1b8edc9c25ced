import { render } from 'preact';
import { App } from './app.tsx';
import { createLive } from './live.ts';
import { read, signIn } from './session.ts';

const live = createLive({
  read,
  events: () => new EventSource('/api/v1/events'),
  now: () => Date.now(),
});
render(<App live={live} />, document.body);
// A fresh link in the same window changes nothing but what stands after the #.
addEventListener('hashchange', () => {
  if (location.hash.startsWith('#code=')) location.reload();
});
// Without a session the first event tells.
await signIn().catch(() => undefined);
live.start();
