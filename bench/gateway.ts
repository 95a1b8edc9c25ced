import { caddy } from './peers/caddy.ts';
import { bareHaproxy } from './peers/haproxy.ts';
import { nginx } from './peers/nginx.ts';
import { nodeHttp, undici } from './peers/node.ts';
import { tidegate, tidegatePlain } from './peers/tidegate.ts';
import { median, spread, type BenchOptions, type BenchReport } from './support/report.ts';
import { comparison, measureRounds, ratios, type Measured } from './support/rounds.ts';

export const description =
  'routing, checks and metrics on, beside a bare HAProxy, nginx, Caddy and two Node proxies';

const PEERS = [bareHaproxy, tidegate, tidegatePlain, nginx, caddy, nodeHttp, undici] as const;
const TARGET = 0.9;

export async function run(options: BenchOptions): Promise<BenchReport> {
  return reportOf(
    await measureRounds(
      PEERS.map((peer) => ({ peer })),
      options,
    ),
  );
}

// Private

function reportOf(all: readonly Measured[]): BenchReport {
  const [bare, own] = all;
  const ours = ratios(own, bare);
  return {
    ...comparison(all),
    checks: [
      {
        text: `Tidegate to bare HAProxy, median of the rounds, at least ${TARGET}`,
        measured: spread(ours),
        met: median(ours) >= TARGET,
      },
    ],
    notes: [
      'wrk -t1 -c64, three servers that give a fixed answer; client, gateway and servers share the cores.',
      'CPU is that of the gateway alone and so is not diluted by the client; reading the metrics is not in it.',
      'The Node proxies are one process each.',
    ],
    data: all,
  };
}
