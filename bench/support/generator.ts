/** The closed loop in a process of its own: `generator.ts URL USERS SECONDS THINK_MS`; prints the result as JSON. */
import { runClosedLoop } from '../../src/lab/load/closed-loop.ts';
import { createTarget } from '../../src/lab/load/target.ts';

const [url = '', users, seconds, thinkMs] = process.argv.slice(2);
const result = await runClosedLoop(createTarget(url), {
  users: Number(users),
  durationS: Number(seconds),
  thinkMs: Number(thinkMs),
});
console.log(JSON.stringify(result));
