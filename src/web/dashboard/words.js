import { percent, span } from './format.js';

/** As long a problem is shown after it is over. */
const RECENT_MS = 600_000;

/** `2 → 3 replicas`, `stays at 3 (cooldown)` */
export function verdict({ current, desired, binding }) {
  const bound =
    binding === 'none' ? '' : ` (${binding === 'missing' ? 'numbers missing' : binding})`;
  if (current === desired) return `stays at ${desired}${bound}`;
  return `${current} → ${desired} ${desired === 1 ? 'replica' : 'replicas'}${bound}`;
}

/** The reasons of a decision in one line, with how long it has held. */
export function reasonLine({ reasons, at, until, times }) {
  const held = times > 1 ? [`for ${span(Date.parse(until) - Date.parse(at))}`] : [];
  return [...reasons, ...held].join(' · ');
}

/** What to call the state a service is in, and how worrying it is. */
export function stateOf(service) {
  const { ready, desired, paused, pinned, problem, brakeErrors, signals } = service;
  // One that listens on nothing yet may merely be slow.
  if (problem && problem.code !== 'NOT_LISTENING' && ready < desired) return ['in trouble', 'bad'];
  if (brakeErrors !== null && signals.errors !== null && signals.errors > brakeErrors)
    return [`errors above ${percent(brakeErrors)}`, 'bad'];
  if (failingOf(service) > 0) return ['failing checks', 'bad'];
  if (pinned !== null) return [`pinned at ${pinned}`, 'held'];
  if (paused) return ['paused', 'held'];
  if (ready < desired) return ['starting', 'warn'];
  if (ready > desired) return ['draining', 'warn'];
  return desired === 0 ? ['asleep', 'good'] : ['steady', 'good'];
}

/** `2`, `1 of 3`, `1 of 2 healthy` */
export function replicasText({ ready, desired, replicas }) {
  const failing = failingOf({ replicas });
  if (failing > 0) return `${ready - failing} of ${ready} healthy`;
  return ready === desired ? `${ready}` : `${ready} of ${desired}`;
}

/** What to say of the last problem: while replicas are missing, and for ten minutes; null when nothing. */
export function problemText({ problem, ready, desired }, now) {
  if (!problem) return null;
  if (ready < desired) return problem.message;
  return now - problem.at > RECENT_MS ? null : `${span(now - problem.at)} ago: ${problem.message}`;
}

// Private

function failingOf({ replicas }) {
  return replicas.filter(({ healthy }) => healthy === false).length;
}
