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
    while (left-- > 0) await send();
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

async function send() {
  const answer = await fetch(`${AT}/api/task`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  if (answer.status !== 202) throw new Error(`${answer.status}: ${await answer.text()}`);
  await answer.arrayBuffer();
}

async function status() {
  return (await fetch(`${AT}/api/status`)).json();
}

function seconds() {
  return ((Date.now() - startedAt) / 1000).toFixed(1);
}
