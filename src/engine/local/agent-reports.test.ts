import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import type { Clock } from '../../kit/clock.ts';
import { systemClock } from '../../kit/clock.ts';
import { until } from '../../../test/support/until.ts';
import { AGENT_PATH } from './environment.ts';
import { listenToAgents, type AgentReports } from './agent-reports.ts';

function runFolder(t: TestContext): string {
  const folder = mkdtempSync('/tmp/tidegate-agent-');
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function agent(t: TestContext, reports: AgentReports, greeting: object): Promise<Socket> {
  const socket = connect(reports.socketPath);
  t.after(() => socket.destroy());
  await once(socket, 'connect');
  socket.on('error', () => undefined).resume();
  say(socket, greeting);
  return socket;
}

function heard(reports: AgentReports) {
  const usage = reports.of('api-1');
  return usage === 'silent' ? null : usage;
}

const say = (socket: Socket, line: object): void => void socket.write(`${JSON.stringify(line)}\n`);

test('the worst of all programs of a replica counts, and a silent one makes all of it silent', async (t) => {
  let now = 0;
  const clock: Clock = { now: () => now };
  const reports = await listenToAgents(runFolder(t), 'n1', clock);
  t.after(() => reports.close());
  assert.equal(reports.of('api-1'), null);
  const wrapper = await agent(t, reports, { replica: 'api-1', nonce: 'n1' });
  const program = await agent(t, reports, { replica: 'api-1', nonce: 'n1' });
  say(wrapper, { delayP99Ms: 1, utilization: 0.1 });
  await until('the first report', () => heard(reports)?.delayP99Ms === 1);
  say(program, { delayP99Ms: 250, utilization: 0.9 });
  await until('the worst', () => heard(reports)?.delayP99Ms === 250);
  assert.equal(reports.of('api-2'), null);

  now += 2_500;
  say(wrapper, { delayP99Ms: 2, utilization: 0.95 });
  await until('the wrapper again', () => heard(reports)?.utilization === 0.95);
  now += 600;
  assert.equal(
    reports.of('api-1'),
    'silent',
    'the program is blocked: the wrapper does not speak for it',
  );
  program.destroy();
  await until('the wrapper alone', () => heard(reports)?.delayP99Ms === 2);
});

test('who does not know the nonce, or talks nonsense, is not heard', async (t) => {
  const reports = await listenToAgents(runFolder(t), 'n1', systemClock);
  t.after(() => reports.close());
  const stranger = await agent(t, reports, { replica: 'api-1', nonce: 'n2' });
  await once(stranger, 'close');
  const nonsense = await agent(t, reports, { replica: 'api-1', nonce: 'n1' });
  say(nonsense, { delayP99Ms: 'many', utilization: 0 });
  await once(nonsense, 'close');
  const endless = await agent(t, reports, { replica: 'api-1', nonce: 'n1' });
  endless.write('x'.repeat(10_000));
  await once(endless, 'close');
  assert.equal(reports.of('api-1'), null);
});

function program(t: TestContext, text: string, socketPath: string): ChildProcess {
  const child = spawn('node', ['-e', text], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      NODE_OPTIONS: `--require ${AGENT_PATH}`,
      TIDEGATE_AGENT_SOCKET: socketPath,
      TIDEGATE_REPLICA: 'api-1',
      TIDEGATE_NONCE: 'n1',
    },
  });
  t.after(() => child.kill('SIGKILL'));
  return child;
}

test('a program runs on without a control plane and reports again when one is back', async (t) => {
  const folder = runFolder(t);
  const first = await listenToAgents(folder, 'n1', systemClock);
  program(t, 'setInterval(() => {}, 1000)', first.socketPath);
  await until('a report', () => first.of('api-1'));
  // The next one takes over before the first lets go, as `up --replace` does.
  const second = await listenToAgents(folder, 'n1', systemClock);
  t.after(() => second.close());
  await first.close();
  await until('a report to the next', () => second.of('api-1'));
});

test('the preload neither holds a program open nor changes what it prints and how it ends', async (t) => {
  const reports = await listenToAgents(runFolder(t), 'n1', systemClock);
  t.after(() => reports.close());
  for (const socketPath of [reports.socketPath, '/no/such/socket']) {
    const child = program(
      t,
      "setTimeout(() => { console.log('end'); process.exitCode = 4 }, 2500)",
      socketPath,
    );
    let output = '';
    child.stdout?.on('data', (chunk) => (output += String(chunk)));
    child.stderr?.on('data', (chunk) => (output += String(chunk)));
    const [code] = await once(child, 'close');
    assert.equal(code, 4);
    assert.equal(output, 'end\n');
  }
});
