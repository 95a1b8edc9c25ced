import type { GatewayState } from '../gateway.ts';
import type { GatewayMachine, GatewayPaths, Rendered } from '../plan.ts';
import { chunks } from './chunks.ts';
import { DENIED, markDenied, type DenialPage } from './denial.ts';
import { REMEMBERED, claimLines, forwardLines } from './identity-claims.ts';
import {
  VERIFIED,
  keyFiles,
  keyForProgram,
  keySetOf,
  numberedKeys,
  verifyLines,
} from './identity-keys.ts';
import { carriedClaims, neededClaims, policiesOf, type Policy } from './identity-policies.ts';
import { mapText } from './live-maps.ts';
import { IDENTITY_PROGRAM, KEYS_MAP } from './names.ts';
import { word } from './quote.ts';
import { ifRoute } from './routes.ts';

/** Whether some route asks who is calling: only then HAProxy is given the programs that read tokens. */
export function anyIdentity({ gateway }: GatewayState): boolean {
  return policiesOf(gateway).length > 0;
}

/** Whether some request may wait for a key that nobody knows yet. */
export function mayWaitForKeys(state: GatewayState): boolean {
  return Object.keys(growingKeySets(state)).length > 0;
}

/** The key sets that may have a key later, by name: when each was looked at last, in seconds since the epoch. */
export function growingKeySets(state: GatewayState): Readonly<Record<string, number>> {
  const names = new Set(policiesOf(state.gateway).map(({ jwt }) => jwt.name));
  return Object.fromEntries(
    [...names].flatMap((name) => {
      const set = keySetOf(state, name);
      return set?.mayGrow ? [[name, set.checkedAtS] as const] : [];
    }),
  );
}

/**
 * Marks everybody who does not bring a token that its route believes, to be refused. Tokens that were verified are
 * remembered while they are good, by the whole header or its digest; all others are read by the program and verified.
 * `txn.identity` is set for nobody else, whatever fails.
 */
export function identityLines(state: GatewayState, paths: GatewayPaths): readonly string[] {
  const policies = policiesOf(state.gateway);
  if (policies.length === 0) return [];
  const routes = policies.flatMap((policy) => policy.routes);
  return [
    ...policies.flatMap((policy) => lookUpLines(policy)),
    // An odd time is that of a token whose claims HAProxy does not read as the program does: it goes there every time.
    `http-request set-var(txn.identity) int(${REMEMBERED}) if { date(),sub(txn.remembered) lt 0 } !{ var(txn.remembered),odd }`,
    ...policies.flatMap((policy) =>
      ifRoute(
        `http-request lua.tidegate-identity ${policy.number}`,
        policy.routes,
        '',
        `!${IDENTIFIED} `,
      ),
    ),
    ...verifyLines(state, paths),
    ...ifRoute('http-request set-var(txn.denied) str(identity)', routes, STAYS, `!${IDENTIFIED} `),
    markDenied('forbidden', `{ var(txn.lacks) -m found } ${IDENTIFIED}`),
    // No rule further on looks at them: they are on their way to a worker that applies all of them.
    ...(mayWaitForKeys(state) ? ['http-request allow if { var(txn.moved) -m found }'] : []),
    ...rememberLines(policies),
    ...claimLines(policies, state.gateway),
    ...forwardLines(policies),
  ];
}

/** The answers to those whom `identityLines` marks. Without `txn.challenge` the program has failed. */
export function identityPages(state: GatewayState): readonly DenialPage[] {
  if (!anyIdentity(state)) return [];
  return [
    {
      denial: 'forbidden',
      status: 403,
      detail: 'The token does not allow this. The header WWW-Authenticate says more.',
      headers: [['WWW-Authenticate', '%[var(txn.lacks,Bearer)]']],
    },
    {
      denial: 'identity',
      status: 401,
      detail: 'A valid token is needed. The header WWW-Authenticate says more.',
      headers: [['WWW-Authenticate', '%[var(txn.challenge,Bearer)]']],
      isLast: true,
    },
  ];
}

/**
 * The lines that let by who is neither marked nor without the identity that the route asks for: what comes behind them
 * refuses. It is asked for once more here, so that nobody gets by where a mark could not be set.
 */
export function letByLines({ gateway }: GatewayState): readonly string[] {
  const routes = policiesOf(gateway).flatMap((policy) => policy.routes);
  if (routes.length === 0) return [`http-request allow unless ${DENIED}`];
  return [
    ...chunks(routes.map(String)).map(
      (some) => `acl asks-who var(txn.route) -m int ${some.join(' ')}`,
    ),
    `http-request allow if ${IDENTIFIED} !${DENIED}`,
    `http-request allow unless asks-who || ${DENIED}`,
  ];
}

export function identityLoadLines(state: GatewayState, paths: GatewayPaths): readonly string[] {
  if (!anyIdentity(state)) return [];
  return [`lua-load-per-thread ${word(`${paths.folder}/${IDENTITY_PROGRAM}`)}`];
}

/** Who has to ask the next worker, before any other choice. */
export function identityBackendLines(state: GatewayState): readonly string[] {
  return mayWaitForKeys(state) ? [`use_backend ${ELSEWHERE} if { var(txn.moved) -m found }`] : [];
}

/** The tables of verified tokens of each policy. They end with their worker, so keys that change leave nothing behind. */
export function identitySections(
  state: GatewayState,
  handoverLines: readonly string[],
): readonly (readonly [title: string, lines: readonly string[]])[] {
  return [
    ...policiesOf(state.gateway).flatMap((policy) =>
      TABLES.map(
        ({ name, holds }) =>
          [`backend ${name(policy)}`, [`stick-table ${holds} expire 10m store gpt0`]] as const,
      ),
    ),
    ...(mayWaitForKeys(state) ? [[`backend ${ELSEWHERE}`, handoverLines] as const] : []),
  ];
}

/** The programs, what they are told, the keys. */
export function identityFiles(
  state: GatewayState,
  { programs }: Pick<GatewayMachine, 'programs'>,
): Rendered['maps'] {
  if (!anyIdentity(state)) return {};
  const waits = mayWaitForKeys(state);
  const names = waits ? [...PROGRAMS, 'key-wait.lua'] : PROGRAMS;
  return {
    ...Object.fromEntries(names.map((name) => [name, programs[name] ?? ''])),
    'identity.json': JSON.stringify(rulesOf(state)),
    ...keyFiles(state),
    ...(waits ? { [KEYS_MAP]: mapText(growingKeySets(state)) } : {}),
  };
}

// Private

const PROGRAMS = [
  IDENTITY_PROGRAM,
  'token.lua',
  'strict-json.lua',
  'rsa-pss.lua',
  'allowance.lua',
] as const;

const TOKEN = 'req.fhdr(authorization)';

/** A longer key would be cut, and two tokens with one beginning be taken for one. */
const TOKEN_BYTES = 2048;
const FITS = `{ ${TOKEN},length lt ${TOKEN_BYTES} }`;

/**
 * Where tokens are remembered: the header itself where it is short, since for HAProxy 2.6 a SHA-256 is as much work as all
 * the rest of it; else its digest. Apart, or whoever sends a digest as a header would be taken for who has the token. Where
 * there are more than a table holds, those not seen longest are verified again.
 */
const TABLES = [
  {
    key: TOKEN,
    when: FITS,
    name: ({ number }: Policy): string => `:tokens${number}`,
    holds: `type string len ${TOKEN_BYTES} size 20k`,
  },
  {
    key: `${TOKEN},sha2(256)`,
    when: `!${FITS}`,
    name: ({ number }: Policy): string => `:digests${number}`,
    holds: 'type binary len 32 size 100k',
  },
] as const;

const IDENTIFIED = '{ var(txn.identity) -m found }';

/** Not for those who are on their way to the next worker, which asks them again. */
const STAYS = ' !{ var(txn.moved) -m found }';

const ELSEWHERE = ':elsewhere';

/** Of several headers the last would be looked up, and the service might read the first. */
function lookUpLines(policy: Policy): readonly string[] {
  const alone = '{ req.fhdr_cnt(authorization) eq 1 }';
  return TABLES.flatMap(({ key, when, name }) =>
    ifRoute(
      `http-request set-var(txn.remembered) ${key},table_gpt0(${name(policy)})`,
      policy.routes,
      ` ${when} ${alone}`,
    ),
  );
}

/** Nothing is tracked that is not verified, so nobody fills a table who has no token. */
function rememberLines(policies: readonly Policy[]): readonly string[] {
  const fresh = `{ var(txn.good_until) -m found } { var(txn.identity) -m int ${VERIFIED} } !${DENIED}`;
  return [
    ...policies.flatMap((policy) =>
      TABLES.flatMap(({ key, when, name }) =>
        ifRoute(
          `http-request track-sc2 ${key} table ${name(policy)}`,
          policy.routes,
          ` ${when}`,
          `${fresh} `,
        ),
      ),
    ),
    `http-request sc-set-gpt0(2) var(txn.good_until) if ${fresh}`,
  ];
}

/** What the programs are told; see `lua/identity.lua`. */
function rulesOf(state: GatewayState): object {
  const policies = policiesOf(state.gateway);
  const keys = numberedKeys(state);
  const sets = policies.map(({ jwt }) => {
    const own = policies.filter((policy) => policy.jwt.name === jwt.name);
    const rules = {
      algorithms: jwt.algorithms,
      issuer: jwt.issuer,
      audiences: jwt.audiences,
      skewSeconds: Math.ceil(jwt.clockSkewMs / 1000),
      claims: [...new Set(own.flatMap((policy) => neededClaims(policy, state.gateway)))],
      forward: carriedClaims(jwt, state.gateway),
      mayGrow: keySetOf(state, jwt.name)?.mayGrow ?? false,
      keys: keys.filter((key) => key.jwt === jwt.name).map(keyForProgram),
    };
    return [jwt.name, rules] as const;
  });
  return {
    mayWait: mayWaitForKeys(state),
    jwt: Object.fromEntries(sets),
    policies: policies.map(({ jwt, scopes, claims }) => ({ jwt: jwt.name, scopes, claims })),
  };
}
