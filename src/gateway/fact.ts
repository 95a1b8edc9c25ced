import type { ProcessIdentity } from '../process/identity.ts';
import type { Planned } from './plan.ts';

/** What another control plane needs to find this HAProxy again and go on with it. Plain JSON, without a secret. */
export interface GatewayFact {
  readonly identity: ProcessIdentity;
  /** As `discreet` makes it: digests in place of texts. */
  readonly planned: Planned;
}

/** As much of it as can be used: `planned` is null where another version wrote it in another shape. */
export interface FoundFact {
  readonly identity: ProcessIdentity;
  readonly planned: Planned | null;
}

/** Reads what was remembered; null: nothing of this project (`nonce`), or nonsense. Never throws. */
export function readFact(fact: unknown, nonce: string): FoundFact | null {
  if (!isObject(fact) || !isIdentity(fact.identity) || fact.identity.nonce !== nonce) return null;
  return { identity: fact.identity, planned: isPlanned(fact.planned) ? fact.planned : null };
}

// Private

type Fields = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isIdentity(value: unknown): value is ProcessIdentity {
  return (
    isObject(value) &&
    ['pid', 'startTicks', 'uid', 'sessionId'].every((key) => Number.isSafeInteger(value[key])) &&
    // 0 and below are no single process to the kernel, 1 is never ours.
    (value.pid as number) > 1 &&
    typeof value.bootId === 'string' &&
    typeof value.nonce === 'string'
  );
}

function isPlanned(value: unknown): value is Planned {
  return (
    isObject(value) &&
    isState(value.state) &&
    isObject(value.slots) &&
    Object.values(value.slots).every(
      (slots) => Array.isArray(slots) && slots.every((seat) => seat === null || isText(seat)),
    ) &&
    isObject(value.rendered) &&
    isText(value.rendered.config) &&
    isObject(value.rendered.maps) &&
    Object.values(value.rendered.maps).every(isText)
  );
}

/** What the plan looks into; everything else it only compares. */
function isState(value: unknown): boolean {
  return (
    isObject(value) &&
    isObject(value.gateway) &&
    isText(value.gateway.host) &&
    Number.isInteger(value.gateway.port) &&
    Array.isArray(value.gateway.routes) &&
    value.gateway.routes.every(isObject) &&
    (value.gateway.tls === null || isObject(value.gateway.tls)) &&
    // A version that knew no tasks wrote neither them nor what routes say of them.
    isObject(value.gateway.deliveries) &&
    isObject(value.keys) &&
    isObject(value.services) &&
    Object.values(value.services).every(isService)
  );
}

function isService(value: unknown): boolean {
  return (
    isObject(value) &&
    isObject(value.spec) &&
    isObject(value.spec.health) &&
    Number.isInteger(value.slots) &&
    Array.isArray(value.servers) &&
    value.servers.every(
      (server) =>
        isObject(server) &&
        isText(server.replica) &&
        isText(server.host) &&
        Number.isInteger(server.port) &&
        ['ready', 'drain', 'ejected'].includes(server.state as string),
    )
  );
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
