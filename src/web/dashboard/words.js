import { span } from './format.js';

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
export function stateOf({ ready, desired, paused, pinned, problem }) {
  if (problem && ready < desired) return ['in trouble', 'bad'];
  if (pinned !== null) return [`pinned at ${pinned}`, 'held'];
  if (paused) return ['paused', 'held'];
  if (ready < desired) return ['starting', 'warn'];
  if (ready > desired) return ['draining', 'warn'];
  return desired === 0 ? ['asleep', 'good'] : ['steady', 'good'];
}
