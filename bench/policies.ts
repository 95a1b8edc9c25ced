import { bareHaproxy } from './peers/haproxy.ts';
import { fastifyPolicies } from './peers/fastify.ts';
import { nginxPolicies } from './peers/nginx-policies.ts';
import { tidegatePolicies } from './peers/tidegate-policies.ts';
import { addedLatency, type Latencies } from './support/added-latency.ts';
import { median, spread, type BenchOptions, type BenchReport } from './support/report.ts';
import { comparison, measureRounds, ratios, type Contender } from './support/rounds.ts';
import { writeOpenScript, writeScript, type BenchAlgorithm } from './support/tokens.ts';

export const description =
  'tokens, limits, cache, breaker and metrics all on, beside a bare HAProxy, nginx and Fastify';

const askingOpenly = (folder: string): string => writeOpenScript(folder, '/open');
const asking = (algorithm: BenchAlgorithm) => (folder: string) => writeScript(folder, algorithm);

/** The bare one gets the same requests and looks into none of them. */
const CONTENDERS: readonly Contender[] = [
  { peer: bareHaproxy, script: asking('HS256') },
  { peer: tidegatePolicies('HS256', { name: 'HS256' }), script: asking('HS256') },
  { peer: tidegatePolicies('RS256', { name: 'RS256' }), script: asking('RS256') },
  { peer: tidegatePolicies('HS256', { name: 'no token, cache miss' }), script: askingOpenly },
  {
    peer: tidegatePolicies('HS256', { name: 'HS256, gzip', compression: true }),
    script: asking('HS256'),
  },
  {
    peer: tidegatePolicies('HS256', { name: 'HS256, no retries', retries: 0 }),
    script: asking('HS256'),
  },
  { peer: nginxPolicies, script: asking('HS256') },
  { peer: fastifyPolicies, script: asking('HS256') },
];

const TO_BARE = 0.65;
const TO_FASTIFY = 3;
const ADDED_P99_MS = 2;
/** Of what ours can do at most. */
const LIGHT = 0.2;

export async function run(options: BenchOptions): Promise<BenchReport> {
  let added: Latencies = { bareMs: [], oursMs: [], rps: 0 };
  const all = await measureRounds(CONTENDERS, options, async (running, measured) => {
    const [bare, ours] = running;
    const rps = LIGHT * median((measured[1]?.rounds ?? []).map((round) => round.rps));
    if (bare && ours) added = await addedLatency(bare, ours, rps, options);
  });
  const [bare, ours] = all;
  const fastify = all.at(-1);
  const toBare = ratios(ours, bare);
  const toFastify = ratios(ours, fastify);
  const addedMs = added.oursMs.map((each, at) => each - (added.bareMs[at] ?? Number.NaN));
  return {
    ...comparison(all),
    checks: [
      {
        text: `Tidegate with HS256 to bare HAProxy, median of the rounds, at least ${TO_BARE}`,
        measured: spread(toBare),
        met: median(toBare) >= TO_BARE,
      },
      {
        text: `Tidegate with HS256 to Fastify, median of the rounds, at least ${TO_FASTIFY}`,
        measured: spread(toFastify),
        met: median(toFastify) >= TO_FASTIFY,
      },
      {
        text: `p99 that Tidegate adds to bare HAProxy at ${LIGHT * 100} % load, at most ${ADDED_P99_MS} ms`,
        measured: `${spread(addedMs)} ms`,
        met: median(addedMs) <= ADDED_P99_MS,
      },
    ],
    notes: [
      'wrk -t1 -c64, 50 clients with a token each, no address asked twice; client, gateway and servers share the cores.',
      'CPU is that of the gateway alone; reading the metrics is not in it.',
      'With a token nothing comes from a cache (RFC 9111, 3.5), so the cache has a row without one. No peer compresses; one row of ours does.',
      'nginx checks tokens with a script (njs), whose every request verifies anew; Fastify is one process and keeps verified tokens, as ours does.',
      `At ${LIGHT * 100} % load (${Math.round(added.rps)} requests/s) 64 connections pause between two requests, the same for both, in turns.`,
    ],
    data: { all, added },
  };
}
