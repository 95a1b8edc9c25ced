import type { Clock } from '../../kit/clock.ts';
import { DAY } from '../../kit/clock.ts';
import type { Algorithm, GatewaySpec } from '../../spec/spec.ts';
import { materialUnusable } from '../errors.ts';
import type { GatewayState, KeySet, VerificationKey } from '../gateway.ts';
import { untimeliness, type Bundle } from './certificate.ts';
import { fetchJwks, type FetchJwks } from './fetch-jwks.ts';
import { jwksText, parseJwks } from './jwks.ts';
import { createKeyAddress, type Accept, type KeyAddress } from './key-address.ts';
import { atHand, certificateId, sourceId } from './sources.ts';
import type { MaterialProblem, ReadSecret, Why } from './sources.ts';
import { Unusable } from './unusable.ts';
import type { WatchedFiles } from './watched-files.ts';

/** What the gateway is told beside its configuration, and what changes while that stays: keys and the certificate. */
export type Known = Pick<GatewayState, 'keys' | 'certificate'>;

/** Why the gateway would refuse it; empty: it takes it. */
export type AcceptKnown = (known: Known) => Promise<readonly string[]>;

export interface Material {
  /**
   * Reads all files and secrets that `gateway` names, and asks addresses that nobody has asked yet. `keep` makes it what
   * is known. An address that does not answer and a certificate that does not hold now are no reasons not to start, but
   * ones not to `deploy` what was not in use.
   * @throws TidegateError MATERIAL_UNUSABLE naming everything that is wrong
   */
  read(gateway: GatewaySpec, why: Why): Promise<Known & { keep(): void }>;
  of(gateway: GatewaySpec): Known;
  /** Looks whether files changed. True when something new is known. */
  lookAtFiles(gateway: GatewaySpec, accept: AcceptKnown): Promise<boolean>;
  /** Asks the addresses that are due, each apart: none waits for another. True when something new is known. */
  askDue(gateway: GatewaySpec, accept: AcceptKnown): readonly Promise<boolean>[];
  /** A token names a key that `gateway.jwt.<name>` does not have. */
  unknownKey(gateway: GatewaySpec, name: string): void;
  /** What is wrong now. */
  problems(gateway: GatewaySpec): readonly MaterialProblem[];
}

/** Key sets by address, as they were last had: public keys only. */
export interface KeyMemory {
  get(url: string): string | null;
  set(url: string, text: string): void;
}

export interface MaterialOptions {
  readonly clock: Clock;
  readonly readSecret: ReadSecret;
  readonly memory: KeyMemory;
  readonly fetch?: FetchJwks;
}

/** Renewals are due weeks before, of short lives a third of them: what is not renewed by then is not renewed by itself. */
const EXPIRES_SOON_MS = 7 * DAY;
const LAST_PART = 0.25;

export function createMaterial(options: MaterialOptions): Material {
  const { clock, readSecret, memory, fetch = fetchJwks } = options;
  let sources: Sources = { files: new Map(), addresses: new Map(), certificates: new Map() };

  const of = (gateway: GatewaySpec): Known => knownOf(sources, gateway);

  /** What an earlier control plane had from there. */
  const remembered = (
    url: string,
    algorithms: readonly Algorithm[],
  ): readonly VerificationKey[] => {
    const text = memory.get(url);
    try {
      return text === null ? [] : parseJwks(text, algorithms, { secrets: false }).keys;
    } catch (thrown) {
      if (thrown instanceof Unusable) return [];
      throw thrown;
    }
  };
  const ask = async (address: KeyAddress, accept: Accept): Promise<boolean> => {
    const { keys } = address.set;
    const changed = await address.ask(accept);
    if (address.set.keys !== keys) memory.set(address.url, jwksText(address.set.keys));
    return changed;
  };
  /** Addresses that are new, each asked once unless its keys are remembered. */
  const newAddresses = async ({ jwt }: GatewaySpec): Promise<Sources['addresses']> => {
    const found = new Map<string, KeyAddress>();
    for (const each of Object.values(jwt)) {
      const { keys, algorithms } = each;
      if (keys.kind !== 'url' || sources.addresses.has(sourceId(each))) continue;
      const known = remembered(keys.url, algorithms);
      found.set(
        sourceId(each),
        createKeyAddress({ url: keys.url, algorithms, clock, fetch, known }),
      );
    }
    const unknown = [...found.values()].filter(({ set }) => set.keys.length === 0);
    await Promise.all(unknown.map((address) => ask(address, () => Promise.resolve([]))));
    return found;
  };

  return {
    of,
    async read(gateway, why) {
      const hand = atHand(gateway, readSecret, clock, why);
      const fresh = await newAddresses(gateway);
      const next: Sources = {
        files: new Map([...sources.files, ...hand.keys]),
        addresses: new Map([...sources.addresses, ...fresh]),
        certificates: new Map([...sources.certificates, ...hand.certificates]),
      };
      const silent = Object.values(gateway.jwt).flatMap((jwt) => {
        const { set, problem } = fresh.get(sourceId(jwt)) ?? NOTHING_NEW;
        return why === 'deploy' && problem !== null && set.keys.length === 0
          ? [{ path: `gateway.jwt.${jwt.name}.keys`, message: problem }]
          : [];
      });
      const problems = [...hand.problems, ...silent];
      if (problems.length > 0) throw materialUnusable(problems);
      return { ...knownOf(next, gateway), keep: () => void (sources = next) };
    },
    async lookAtFiles(gateway, accept) {
      let changed = false;
      for (const [name, jwt] of Object.entries(gateway.jwt)) {
        const took = await sources.files
          .get(sourceId(jwt))
          ?.look((keys) => accept(withKeys(of(gateway), name, setOf(keys))));
        changed ||= took === true;
      }
      const took = await certificateOf(sources, gateway)?.look(({ pem }) =>
        accept({ ...of(gateway), certificate: pem }),
      );
      return changed || took === true;
    },
    askDue: (gateway, accept) =>
      Object.entries(gateway.jwt).flatMap(([name, jwt]) => {
        const address = sources.addresses.get(sourceId(jwt));
        if (!address || address.dueAt > clock.now()) return [];
        return [ask(address, (set) => accept(withKeys(of(gateway), name, set)))];
      }),
    unknownKey({ jwt }, name) {
      const spec = Object.hasOwn(jwt, name) ? jwt[name] : undefined;
      if (spec) sources.addresses.get(sourceId(spec))?.unknownKey();
    },
    problems(gateway) {
      const ofKeys = Object.entries(gateway.jwt).map(([name, jwt]) => {
        const id = sourceId(jwt);
        const message = (sources.files.get(id) ?? sources.addresses.get(id))?.problem ?? null;
        return { path: `gateway.jwt.${name}.keys`, message };
      });
      const certificate = certificateOf(sources, gateway);
      const ofCertificate = certificate
        ? [certificate.problem, ageing(certificate.value, clock.now())]
        : [];
      return [
        ...ofKeys,
        ...ofCertificate.map((message) => ({ path: 'gateway.tls.cert', message })),
      ].filter((each): each is MaterialProblem => each.message !== null);
    },
  };
}

// Private

/** By `sourceId` and `certificateId`; those of configurations that were in force before, too. */
interface Sources {
  readonly files: ReadonlyMap<string, WatchedFiles<readonly VerificationKey[]>>;
  readonly addresses: ReadonlyMap<string, KeyAddress>;
  readonly certificates: ReadonlyMap<string, WatchedFiles<Bundle>>;
}

const NOTHING_NEW = { set: { keys: [] }, problem: null };

function knownOf(sources: Sources, gateway: GatewaySpec): Known {
  const keys = Object.entries(gateway.jwt).flatMap(([name, jwt]) => {
    const id = sourceId(jwt);
    const file = sources.files.get(id);
    const set = file ? setOf(file.value) : sources.addresses.get(id)?.set;
    return set ? [[name, set] as const] : [];
  });
  const certificate = certificateOf(sources, gateway)?.value.pem ?? null;
  return { keys: Object.fromEntries(keys), certificate };
}

/** Of a file: nobody waits for it to grow. */
function setOf(keys: readonly VerificationKey[]): KeySet {
  return { checkedAtS: 0, mayGrow: false, keys };
}

function withKeys(known: Known, name: string, set: KeySet): Known {
  return { ...known, keys: { ...known.keys, [name]: set } };
}

function certificateOf(
  { certificates }: Sources,
  { tls }: GatewaySpec,
): WatchedFiles<Bundle> | null {
  return (tls && certificates.get(certificateId(tls))) ?? null;
}

function ageing(bundle: Bundle, now: number): string | null {
  const untimely = untimeliness(bundle, now);
  if (untimely !== null) return `${untimely}: clients refuse it`;
  const { names, goodFrom, expiresAt } = bundle;
  const soonMs = Math.min(EXPIRES_SOON_MS, LAST_PART * (expiresAt - goodFrom));
  if (now + soonMs < expiresAt) return null;
  const day = new Date(expiresAt).toISOString().slice(0, 10);
  return `the certificate for ${names} expires on ${day}, and nothing has renewed it`;
}
