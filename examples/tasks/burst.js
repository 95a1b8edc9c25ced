// Sends many tasks at once and watches them go: node burst.js [how many, 500] [type, sleep]
const AT = `http://127.0.0.1:${process.env.TIDEGATE_GATEWAY_PORT ?? 8080}`;
const SENDERS = 20;
const DATA = { sleep: { ms: 500 }, hash: { text: 'tide' }, words: { text: 'ebb and flow' } };

const many = Number(process.argv[2] ?? 500);
const type = process.argv[3] ?? 'sleep';
const body = JSON.stringify({ type, data: DATA[type] ?? {} });

const before = await status();
const startedAt = Date.now();
let left = many;
await Promise.all(
  Array.from({ length: SENDERS }, async () => {
    while (left > 0) await send(`${startedAt}-${left--}`);
  }),
);
console.log(`${many} taken in ${seconds()} s`);

const ended = (now) => now.succeeded + now.failed - before.succeeded - before.failed;
let now = await status();
while (ended(now) < many) {
  console.log(
    `${seconds().padStart(5)} s  waiting ${now.queueLength}  running ${now.running}  workers ${now.activeWorkers}`,
  );
  await new Promise((resolve) => setTimeout(resolve, 1000));
  now = await status();
}
console.log(
  `${now.succeeded - before.succeeded} succeeded, ${now.failed - before.failed} failed, in ${seconds()} s`,
);

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

function status() {
  return persist(() => fetch(`${AT}/api/status`));
}

/** Asks until there is an answer: the gateway, the API or the database may be on their way back. */
async function persist(ask) {
  for (;;) {
    const answer = await ask().catch(() => null);
    if (answer?.ok) return answer.json();
    if (answer?.status === 400) throw new Error(await answer.text());
    await answer?.arrayBuffer();
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

function seconds() {
  return ((Date.now() - startedAt) / 1000).toFixed(1);
}
