import { SPAN_MS, createChart } from './chart.js';
import { element, numbers, setText } from './elements.js';
import { count, megabytes, milliseconds, percent, rate, span } from './format.js';
import { createIncidents } from './incidents.js';
import {
  problemText,
  reasonLine,
  replicaStateText,
  replicasText,
  stateOf,
  verdict,
} from './words.js';

const SHOWN_DECISIONS = 4;
const LOAD = { of: ({ rps }) => rps, legend: (top) => `load, up to ${rate(top)}`, now: rate };
const READY = {
  of: ({ ready }) => ready,
  legend: (top) => `ready replicas, up to ${top}`,
  now: (value) => `${value} ready`,
  steps: true,
};
const STATE_TONES = { ready: 'good', starting: 'warn', draining: 'warn', failed: 'bad' };

/** The card of one service. */
export function createCard(name) {
  const state = element('p', { class: 'state' });
  const facts = element('p', { class: 'quiet' });
  const signals = element('dl', { class: 'numbers' });
  const setSignals = numbers(signals, ['replicas', 'rate', 'p95', 'errors', 'CPU', 'waiting']);
  const chart = createChart(name, LOAD, READY);
  const problem = element('div', { class: 'problem', hidden: '' });
  const replicas = createReplicaTable(name);
  const decisions = element('ol', { class: 'decisions' });
  const incidents = createIncidents();
  const node = element(
    'article',
    { class: 'card', 'aria-label': name },
    element('header', { class: 'card-head' }, element('h2', {}, name), state, facts),
    signals,
    problem,
    chart.node,
    replicas.node,
    element('section', {}, element('h3', {}, 'Last decisions'), decisions),
    incidents.node,
  );

  let points = [];
  let known = [];
  const showDecisions = () => {
    const lines = known.map((decision) => decisionItem(decision, Date.now()));
    const text = lines.map((line) => line.textContent).join('\n');
    if (decisions.dataset.text === text) return;
    decisions.dataset.text = text;
    decisions.replaceChildren(...lines);
  };

  return {
    node,
    /** What was there before the page was: points and decisions, the newest decision first. */
    begin(history, earlier) {
      const first = points[0]?.at ?? Infinity;
      const before = history.map(({ at, ready, signals: { rps } }) => ({
        at: Date.parse(at),
        ready,
        rps: rps ?? null,
      }));
      points = [...before.filter(({ at }) => at < first), ...points];
      chart.update(points, Date.now());
      for (const decision of earlier.toReversed()) this.decided(decision);
    },
    happened: (found, now) => incidents.show(found, now),
    decided(decision) {
      known = [decision, ...known.filter(({ id }) => id !== decision.id)]
        .sort((one, other) => other.id - one.id)
        .slice(0, SHOWN_DECISIONS);
      showDecisions();
    },
    update(service, now) {
      const [word, tone] = stateOf(service);
      setText(state, word);
      state.className = `state ${tone}`;
      setText(
        facts,
        `${service.policy} · ${service.min} to ${service.max} · revision ${service.revision}`,
      );
      const { ready } = service;
      setSignals([
        replicasText(service),
        rate(service.signals.rps),
        milliseconds(service.signals.latencyP95Ms),
        percent(service.signals.errors),
        percent(service.signals.cpu),
        count(service.signals.queued),
      ]);
      points.push({ at: now, rps: service.signals.rps, ready });
      points = points.filter(({ at }) => at >= now - SPAN_MS);
      chart.update(points, now);
      showProblem(problem, service, now);
      replicas.update(service.replicas);
      if (service.lastDecision) this.decided(service.lastDecision);
    },
  };
}

// Private

function decisionItem(decision, now) {
  const ago = `${span(now - Date.parse(decision.at))} ago`;
  return element(
    'li',
    {},
    element('time', { class: 'quiet', datetime: decision.at }, ago),
    element('span', { class: 'what' }, verdict(decision)),
    element('span', { class: 'why' }, reasonLine(decision)),
  );
}

function showProblem(node, service, now) {
  const { problem } = service;
  const message = problemText(service, now);
  node.hidden = message === null;
  const text = node.hidden ? '' : `${message}\n${problem.log.join('\n')}`;
  if (node.dataset.text === text) return;
  node.dataset.text = text;
  if (node.hidden) return;
  const log = problem.log.length > 0 ? [element('pre', {}, problem.log.join('\n'))] : [];
  node.replaceChildren(element('p', { class: 'bad' }, message), ...log);
}

/** Rows are kept by replica, so that the table can be read while it changes. */
function createReplicaTable(name) {
  const body = element('tbody');
  const heads = ['replica', 'state', 'CPU', 'memory', 'loop delay', 'in flight'];
  const head = element('tr', {}, ...heads.map((text) => element('th', { scope: 'col' }, text)));
  const node = element(
    'div',
    { class: 'scroller', tabindex: '0', role: 'region', 'aria-label': `Replicas of ${name}` },
    element('table', {}, element('thead', {}, head), body),
  );
  const rows = new Map();
  return {
    node,
    update(replicas) {
      node.hidden = replicas.length === 0;
      for (const [id, { row }] of rows) {
        if (replicas.some((replica) => replica.id === id)) continue;
        row.remove();
        rows.delete(id);
      }
      for (const replica of replicas) {
        const { cells } = rows.get(replica.id) ?? addRow(rows, body, replica.id);
        const texts = [
          replicaStateText(replica),
          percent(replica.cpu),
          megabytes(replica.memoryBytes),
          milliseconds(replica.eventLoopDelayMs),
          count(replica.inFlight),
        ];
        for (const [index, text] of texts.entries()) setText(cells[index], text);
        cells[0].title = replica.note ?? '';
        cells[0].className =
          replica.healthy === false || replica.ejected
            ? 'bad'
            : (STATE_TONES[replica.state] ?? 'quiet');
      }
    },
  };
}

function addRow(rows, body, id) {
  const cells = Array.from({ length: 5 }, () => element('td'));
  const row = element('tr', {}, element('th', { scope: 'row' }, id), ...cells);
  const entry = { row, cells };
  rows.set(id, entry);
  body.append(row);
  return entry;
}
