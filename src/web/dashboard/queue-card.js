import { SPAN_MS, createChart } from './chart.js';
import { element, numbers, setText } from './elements.js';
import { count, duration, milliseconds, rate } from './format.js';
import { perSecond, queueState, servedBy, totalsText } from './queue-words.js';

const NUMBERS = [
  'waiting',
  'running',
  'later',
  'oldest',
  'in',
  'out',
  'to drain',
  'wait p50',
  'wait p95',
  'run p50',
  'run p95',
  'times failed',
];
const WAITING = {
  of: ({ waiting }) => waiting,
  legend: (top) => `waiting, up to ${count(top)}`,
  now: (value) => `${value} waiting`,
};
const FINISHED = {
  of: ({ finished }) => finished,
  legend: (top) => `finished, up to ${rate(top)}`,
  now: (value) => `${rate(value)} finished`,
};

/** Rates are of so long: a burst is over before the minute of the status shows it. */
const RATE_MS = 5000;

/** The card of one queue. */
export function createQueueCard(name) {
  const state = element('p', { class: 'state' });
  const facts = element('p', { class: 'quiet' });
  const list = element('dl', { class: 'numbers' });
  const setNumbers = numbers(list, NUMBERS);
  const problem = element('p', { class: 'problem bad', hidden: '' });
  const chart = createChart(name, WAITING, FINISHED);
  const totals = element('p', { class: 'totals-line' });
  const node = element(
    'article',
    { class: 'card', 'aria-label': `Queue ${name}` },
    element('header', { class: 'card-head' }, element('h3', {}, name), state, facts),
    list,
    problem,
    chart.node,
    totals,
  );
  let points = [];
  const sentRate = createRate();
  const endedRate = createRate();

  return {
    node,
    /** What waited before the page was there; how much finished then is not known. */
    begin(history) {
      const first = points[0]?.at ?? Infinity;
      const before = history.map(({ at, signals: { backlog } }) => ({
        at: Date.parse(at),
        waiting: backlog ?? null,
        finished: null,
      }));
      points = [...before.filter(({ at }) => at < first), ...points];
    },
    update(queue, now) {
      const finished = endedRate(queue.succeeded + queue.failed + queue.cancelled, now);
      const [word, tone] = queueState(queue);
      setText(state, word);
      state.className = `state ${tone}`;
      setText(facts, servedBy(queue));
      setNumbers([
        count(queue.waiting),
        count(queue.running),
        count(queue.later),
        duration(queue.oldestMs),
        rate(sentRate(queue.sent, now)),
        rate(finished),
        // That of its service, where other queues may wait.
        duration(queue.waiting === 0 ? null : queue.drainTimeMs),
        milliseconds(queue.waitMs.p50),
        milliseconds(queue.waitMs.p95),
        milliseconds(queue.runMs.p50),
        milliseconds(queue.runMs.p95),
        count(queue.failed),
      ]);
      problem.hidden = queue.problem === null;
      setText(problem, queue.problem ?? '');
      points.push({ at: now, waiting: queue.waiting, finished });
      points = points.filter(({ at }) => at >= now - SPAN_MS);
      chart.update(points, now);
      setText(totals, totalsText(queue));
    },
  };
}

// Private

/** How fast a total grows, from look to look. */
function createRate() {
  let looks = [];
  return (total, at) => {
    looks = [...looks.filter((look) => look.at >= at - RATE_MS), { at, total }];
    return perSecond(looks);
  };
}
