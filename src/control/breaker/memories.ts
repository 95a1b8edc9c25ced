import type { BreakerMemory } from './breaker.ts';

/** What an earlier control plane wrote down, by service; what is not understood is forgotten. */
export function memoriesFrom(fact: unknown): readonly (readonly [string, BreakerMemory])[] {
  if (!isObject(fact)) return [];
  return Object.entries(fact).flatMap(([name, memory]) =>
    isMemory(memory) ? [[name, memory]] : [],
  );
}

// Private

type Fields = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isMemory(value: unknown): value is BreakerMemory {
  return (
    isObject(value) &&
    Number.isSafeInteger(value.number) &&
    isCircuit(value.circuit) &&
    isObject(value.replicas) &&
    Object.values(value.replicas).every(isReplica)
  );
}

function isCircuit(value: unknown): boolean {
  return (
    isObject(value) &&
    ['closed', 'open', 'half-open'].includes(value.state as string) &&
    isCounted(value) &&
    isTime(value.since) &&
    isTextOrNull(value.reason) &&
    isTimeOrNull(value.untilAt) &&
    isTimeOrNull(value.refusesUntilS) &&
    isTrialOrNull(value.trial) &&
    (value.trial === null ||
      [(value.trial as Fields).wentWell, (value.trial as Fields).askedAt].every(isTime))
  );
}

function isReplica(value: unknown): boolean {
  return (
    isObject(value) &&
    isCounted(value) &&
    isObject(value.window) &&
    isTime(value.window.failedInARow) &&
    Array.isArray(value.window.parts) &&
    value.window.parts.every(
      (part) => isObject(part) && [part.at, part.requests, part.errors].every(isTime),
    ) &&
    (value.ejected === null || isEjected(value.ejected))
  );
}

function isEjected(value: unknown): boolean {
  return (
    isObject(value) &&
    [value.since, value.untilAt, value.times].every(isTime) &&
    isTextOrNull(value.reason) &&
    isTrialOrNull(value.trial)
  );
}

function isTrialOrNull(value: unknown): boolean {
  return value === null || (isObject(value) && isTime(value.number) && isTime(value.since));
}

function isCounted({ times, fineSince }: Fields): boolean {
  return isTime(times) && isTime(fineSince);
}

function isTime(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isTimeOrNull(value: unknown): boolean {
  return value === null || isTime(value);
}

function isTextOrNull(value: unknown): boolean {
  return value === null || typeof value === 'string';
}
