/**
 * A load in a process of its own; prints the result as JSON. Closed loop: `generator.ts URL USERS SECONDS THINK_MS`;
 * open loop: `generator.ts URL rate REQUESTS_PER_SECOND SECONDS`.
 */
import { runClosedLoop } from '../../src/lab/load/closed-loop.ts';
import { runOpenLoop } from '../../src/lab/load/open-loop.ts';
import { createTarget } from '../../src/lab/load/target.ts';

const [url = '', users, second, third] = process.argv.slice(2);
const target = createTarget(url);
const result =
  users === 'rate'
    ? await runOpenLoop(target, {
        stages: [
          { atS: 0, rps: Number(second) },
          { atS: Number(third), rps: Number(second) },
        ],
      })
    : await runClosedLoop(target, {
        users: Number(users),
        durationS: Number(second),
        thinkMs: Number(third),
      });
console.log(JSON.stringify(result));
