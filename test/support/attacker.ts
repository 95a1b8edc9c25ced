import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { once } from 'node:events';
import type { RunningHaproxy } from '../../src/gateway/render/fixtures/haproxy.ts';
import { INNOCENT } from './guarded.ts';

/**
 * Sends bytes as they are. While that connection is still open, and again when it is over, innocent clients ask over
 * connections they keep, so that those to the service are used again: each must get the answer to its own request. Resolves with all
 * that came back.
 */
export async function attack(
  gateway: Pick<RunningHaproxy, 'port'>,
  bytes: string | Buffer,
): Promise<Buffer> {
  const socket = connect(gateway.port, '127.0.0.1');
  const chunks: Buffer[] = [];
  // An error, as of what is sent behind a refusal, is an end like any other.
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  await new Promise((resolve) =>
    socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes, resolve),
  );
  await innocents(gateway.port);
  socket.end();
  await closed;
  await innocents(gateway.port);
  return Buffer.concat(chunks);
}

// Private

let marks = 0;

async function innocents(port: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  try {
    for (let n = 0; n < 2; n++) {
      const mark = `mark-${++marks}`;
      const got = await ask(port, agent, mark);
      const expected = JSON.stringify({ service: 'api', target: INNOCENT, mark });
      if (got !== expected)
        throw new Error(`an innocent client asked for ${expected} and got ${got}`);
    }
  } finally {
    agent.destroy();
  }
}

function ask(port: number, agent: Agent, mark: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port, agent, path: INNOCENT, headers: { 'x-mark': mark } },
      (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => (body += text));
        response.on('end', () => resolve(body));
      },
    );
    sent.on('error', reject);
    sent.end();
  });
}
