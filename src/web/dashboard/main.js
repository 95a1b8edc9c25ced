import { createBanners } from './banners.js';
import { createCard } from './card.js';
import { SPAN_MS } from './chart.js';
import { createDatabases } from './databases.js';
import { element, numbers, setText } from './elements.js';
import { milliseconds, percent, rate } from './format.js';
import { createIncidents } from './incidents.js';
import { read, signIn } from './session.js';
import { createTasks } from './tasks.js';
import { isOfAll, together } from './words.js';

const RETRY_MS = 3000;
/** Something seldom happens alone. */
const LOOK_AGAIN_MS = 1000;
/** As far back as these go, what happened is shown. */
const DECISIONS = 20;

const byId = (id) => document.getElementById(id);
const setTotals = numbers(byId('totals'), [
  'requests',
  'p95, slowest service',
  'errors',
  'replicas ready',
]);
const banners = createBanners(byId('banners'));
const gateway = createIncidents('What happened to the gateway and the databases');
gateway.node.classList.add('card');
byId('gateway-incidents').append(gateway.node);
const tasks = createTasks(byId('queues'), byId('ended'));
const databases = createDatabases(byId('databases'));
let ofAll = [];
const cards = new Map();
/** Services of which something happened, whose incidents are asked for anew. */
const stale = new Set();

await signIn().catch(() => undefined);
listen();

// Private

function listen() {
  const source = new EventSource('/api/v1/events');
  source.addEventListener('status', ({ data }) => {
    setConnection('live');
    showStatus(JSON.parse(data));
  });
  source.addEventListener('decision', ({ data }) => {
    const { service, decision } = JSON.parse(data);
    cards.get(service)?.decided(decision);
  });
  source.addEventListener('replica', ({ data }) => {
    const { service, state, was, code } = JSON.parse(data);
    if (code !== undefined || state === 'failed' || state === was) lookAgain([service]);
  });
  source.addEventListener('circuit', ({ data }) => lookAgain([JSON.parse(data).service]));
  source.addEventListener('gateway', ({ data }) => {
    const event = JSON.parse(data);
    banners.gatewayDid(event, Date.now());
    if (event.change !== 'reloaded') lookAgain([...cards.keys()]);
  });
  source.addEventListener('database', () => lookAgain([...cards.keys()]));
  source.addEventListener('deployment', ({ data }) => {
    const event = JSON.parse(data);
    banners.deployed(event, Date.now());
    lookAgain(event.deployment.services.map(({ name }) => name));
  });
  source.addEventListener('error', () => {
    setConnection('reconnecting');
    if (source.readyState === EventSource.CLOSED) void again();
  });
}

/** The browser gives up on a refusal: either the session is over, or the control plane will be back. */
async function again() {
  try {
    if ((await read('/api/v1/status')) === null) {
      askForLink();
      return;
    }
  } catch {
    // Not there yet.
  }
  setTimeout(listen, RETRY_MS);
}

function askForLink() {
  setConnection('signed out');
  const notice = byId('notice');
  notice.replaceChildren(
    'This page needs a fresh link. Run ',
    element('code', {}, 'tidegate dashboard'),
    ' in the folder of the project and open what it prints.',
  );
  notice.hidden = false;
}

function setConnection(text) {
  const node = byId('connection');
  setText(node, text);
  node.classList.toggle('live', text === 'live');
  document.body.classList.toggle('stale', text !== 'live');
}

function showStatus(status) {
  const now = Date.now();
  const { services } = status;
  document.title = `${status.name} · Tidegate`;
  setText(byId('project'), status.name);
  setText(byId('gateway'), `gateway ${status.gateway.url}`);
  byId('notice').hidden = true;
  byId('totals').hidden = false;
  setTotals(totalsOf(services));
  banners.update(status, now);

  for (const [name, card] of cards) {
    if (services.some((service) => service.name === name)) continue;
    card.node.remove();
    cards.delete(name);
  }
  for (const service of services) {
    const card = cards.get(service.name) ?? addCard(service.name, now);
    card.update(service, now);
  }
  tasks.update(status.tasks, now);
  byId('services-head').hidden = status.tasks.queues.length === 0;
  databases.update(status.databases);
}

function addCard(name, now) {
  const card = createCard(name);
  cards.set(name, card);
  byId('services').append(card.node);
  void fill(card, name, now);
  return card;
}

/** What happened before the page was opened; without it the page begins empty and goes on. */
async function fill(card, name, now) {
  const path = `/api/v1/services/${encodeURIComponent(name)}`;
  try {
    const [history, explanation] = await Promise.all([
      read(`${path}/history?from=${now - SPAN_MS}&to=${now}&limit=300`),
      read(`${path}/decisions?last=${DECISIONS}`),
    ]);
    if (!history || !explanation) return;
    card.begin(history.points, explanation.decisions);
    tasks.begin(name, history.points);
    happened(card, explanation.incidents, now);
  } catch {
    // The live events fill it.
  }
}

function lookAgain(names) {
  if (stale.size === 0) setTimeout(lookNow, LOOK_AGAIN_MS);
  for (const name of names) stale.add(name);
}

async function lookNow() {
  const names = [...stale];
  stale.clear();
  for (const name of names) {
    const path = `/api/v1/services/${encodeURIComponent(name)}/decisions?last=${DECISIONS}`;
    const explanation = await read(path).catch(() => null);
    const card = cards.get(name);
    if (explanation && card) happened(card, explanation.incidents, Date.now());
  }
}

function happened(card, incidents, now) {
  card.happened(
    incidents.filter((each) => !isOfAll(each)),
    now,
  );
  ofAll = together(ofAll, incidents.filter(isOfAll)).slice(0, DECISIONS);
  gateway.show(ofAll, now);
}

function totalsOf(services) {
  const sum = (of) => services.reduce((total, service) => total + of(service), 0);
  const known = (of) => services.map(of).filter((value) => value !== null);
  const rates = known(({ signals }) => signals.rps);
  // Who waits there for a task waits as long as they asked to.
  const latencies = known(({ name, signals }) =>
    name === 'tidegate-tasks' ? null : signals.latencyP95Ms,
  );
  const requests = sum(({ signals }) => signals.rps ?? 0);
  const failed = sum(({ signals }) => (signals.rps ?? 0) * (signals.errors ?? 0));
  return [
    rate(rates.length === 0 ? null : requests),
    milliseconds(latencies.length === 0 ? null : Math.max(...latencies)),
    percent(requests === 0 ? null : failed / requests),
    `${sum(({ ready }) => ready)} of ${sum(({ desired }) => desired)}`,
  ];
}
