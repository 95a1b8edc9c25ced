import { span } from './format.js';

const STAYS = {
  none: '',
  min: 'that is the minimum',
  max: 'that is the maximum',
  cooldown: 'the cooldown is not over',
  brake: 'too many errors to add replicas',
  guard: 'the machine has no room for more',
  missing: 'data is missing',
  paused: 'scaling is paused',
  pinned: 'somebody set the count',
  deploying: 'a deploy is under way',
};

/** `2 → 3 replicas`, `stays at 3: the cooldown is not over` */
export function verdict({ current, desired, binding }) {
  if (current !== desired)
    return `${current} → ${desired} ${desired === 1 ? 'replica' : 'replicas'}`;
  const why = STAYS[binding];
  return why ? `stays at ${desired}: ${why}` : `stays at ${desired}`;
}

/** The reasons of a decision in one line, with how long it has held. */
export function reasonLine({ reasons, at, until, times }) {
  const held =
    times > 1 ? [`held for ${span(Date.parse(until) - Date.parse(at))} (${times} times)`] : [];
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
