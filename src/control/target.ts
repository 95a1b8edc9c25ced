import type { Configuration } from '../spec/configuration.ts';
import { isOwnService } from '../spec/own-services.ts';
import type { RevisionDefinition } from '../spec/revision.ts';
import { revisionDefinition, revisionId } from '../spec/revision.ts';
import type { Spec } from '../spec/spec.ts';
import type { RevisionStore } from '../state/revisions.ts';
import type { Applied } from './applied.ts';
import { appliedSpec } from './applied.ts';
import { followsRoutes, noPreviousRevision, unknownService } from './errors.ts';

/** A configuration that is in force, or is to be: as it was written and as it is understood. */
export interface Target {
  readonly applied: Applied;
  readonly spec: Spec;
}

/** Understands what was written. @throws TidegateError CONFIG_INVALID */
export type Resolve = (input: unknown) => Spec;

/** All that the file says; services that were rolled back follow it again. */
export function wholeFile({ input, spec }: Configuration): Target {
  return { applied: { input, overrides: {} }, spec };
}

/**
 * What is in force, with one service as the file says.
 * @throws TidegateError UNKNOWN_SERVICE (in neither), FOLLOWS_ROUTES, CONFIG_INVALID (the service does not fit what is in force)
 */
export function oneOfFile(
  inForce: Target,
  file: Configuration,
  service: string,
  resolve: Resolve,
): Target {
  if (isOwnService(service)) throw followsRoutes(service);
  const written = servicesOf(file.input);
  const before = servicesOf(inForce.applied.input);
  if (!Object.hasOwn(written, service) && !Object.hasOwn(before, service)) {
    throw unknownService(service, Object.keys({ ...before, ...written }));
  }
  const { [service]: _before, ...others } = before;
  const { [service]: _override, ...overrides } = inForce.applied.overrides;
  const services = Object.hasOwn(written, service)
    ? // Where it stood before, so that nothing else seems to move.
      { ...before, [service]: written[service] }
    : others;
  const input = { ...(inForce.applied.input as object), services };
  return targetOf({ input, overrides }, inForce, resolve);
}

/**
 * What is in force, with one service started from the revision that was in use before.
 * @throws TidegateError NO_PREVIOUS_REVISION, FOLLOWS_ROUTES
 */
export function previousOf(
  inForce: Target,
  service: string,
  revisions: Pick<RevisionStore, 'previous'>,
  resolve: Resolve,
): Target {
  if (isOwnService(service)) throw followsRoutes(service);
  const previous = revisions.previous(service);
  if (!previous) throw noPreviousRevision(service);
  const definition = previous.definition as RevisionDefinition;
  const { applied } = inForce;
  const { [service]: _override, ...overrides } = applied.overrides;
  const written = targetOf({ ...applied, overrides }, inForce, resolve);
  const spec = written.spec.services[service];
  if (spec && revisionId(spec) === revisionId(definition)) return written;
  const override = { [service]: revisionDefinition(definition) };
  const rolledBack = { ...applied, overrides: { ...overrides, ...override } };
  return targetOf(rolledBack, inForce, resolve);
}

/**
 * What was written once, under the name, admin port and bounds of now: those are never rolled back.
 * @throws TidegateError CONFIG_INVALID
 */
export function targetOf(applied: Applied, inForce: Target, resolve: Resolve): Target {
  const { name, admin, host } = inForce.spec;
  return { applied, spec: { ...appliedSpec(applied, resolve), name, admin, host } };
}

// Private

function servicesOf(input: unknown): Readonly<Record<string, unknown>> {
  return (input as { services: Readonly<Record<string, unknown>> }).services;
}
