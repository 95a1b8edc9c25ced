// Sends many tasks at once and watches them go: node burst.js [how many, 500] [type, sleep]
const AT = `http://127.0.0.1:${process.env.TIDEGATE_GATEWAY_PORT ?? 8080}`;
const SENDERS = 20;
const DATA = { sleep: { ms: 500 }, hash: { text: 'tide' }, words: { text: 'ebb and flow' } };

const many = Number(process.argv[2] ?? 500);
const type = process.argv[3] ?? 'sleep';
const body = JSON.stringify({ type, data: DATA[type] ?? {} });

const startedAt = Date.now();
const ids = [];
await together(many, async (n) => {
  const { id } = await send(`${startedAt}-${n}`);
  ids.push(id);
});
console.log(`${many} taken in ${seconds()} s`);

// Each of them, whatever else there is.
const states = { succeeded: 0, failed: 0 };
const watch = { over: false };
const all = together(many, async (n) => {
  states[await endOf(ids[n])] += 1;
}).finally(() => (watch.over = true));
while (!watch.over) {
  const { queueLength, running, activeWorkers } = await status();
  console.log(
    `${seconds().padStart(5)} s  waiting ${queueLength}  running ${running}  workers ${activeWorkers}`,
  );
  await Promise.race([all, new Promise((resolve) => setTimeout(resolve, 1000))]);
}
console.log(`${states.succeeded} succeeded, ${states.failed} failed, in ${seconds()} s`);

async function together(times, work) {
  let next = 0;
  const sender = async () => {
    while (next < times) await work(next++);
  };
  await Promise.all(Array.from({ length: SENDERS }, sender));
}

/** One that may have been taken is sent again with the same key: it stays one task. */
function send(key) {
  return persist(() =>
    fetch(`${AT}/api/task`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body,
    }),
  );
}

async function endOf(id) {
  for (;;) {
    const { state } = await persist(() => fetch(`${AT}/tasks/${id}?wait=30s`));
    if (state in states) return state;
  }
}

function status() {
  return persist(() => fetch(`${AT}/api/status`));
}

/** Asks until there is an answer: the gateway, the API or the database may be on their way back. */
async function persist(ask) {
  for (let tries = 1; ; tries++) {
    const answer = await ask().catch(() => null);
    if (answer?.ok) return answer.json();
    const why = answer === null ? 'nobody answers' : `${answer.status} ${await answer.text()}`;
    if (answer?.status === 400) throw new Error(why);
    if (tries % 40 === 0) console.error(`still trying: ${why}`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

function seconds() {
  return ((Date.now() - startedAt) / 1000).toFixed(1);
}
