/** A steady rate from a process of its own: `steady.ts URL RPS SECONDS TOKEN`; prints the 99th percentile and failures as JSON. */
import { runOpenLoop } from '../../src/lab/load/open-loop.ts';
import { createTarget } from '../../src/lab/load/target.ts';

const [url = '', rps, seconds, token = ''] = process.argv.slice(2);
const target = createTarget(url, { headers: { authorization: `Bearer ${token}` } });
const { requests, ok, latencyMs } = await runOpenLoop(target, {
  stages: [
    { atS: 0, rps: Number(rps) },
    { atS: Number(seconds), rps: Number(rps) },
  ],
});
console.log(JSON.stringify({ p99Ms: latencyMs.p99, failed: requests - ok }));
