import { connect } from 'node:net';

/** No answer of HAProxy's is longer; 1,000 servers' statistics are 0.3 MB. */
const MOST_BYTES = 64 * 2 ** 20;

/** The time is up after so many parts of it: one in which we stood still ourselves is one part, however long it was. */
const PARTS = 4;

/**
 * Sends `text` over a unix socket and returns all that comes back until the other side closes.
 * @throws Error when it does not connect, breaks, or is not done after `timeoutMs`
 */
export function exchange(path: string, text: string, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const socket = connect(path);
    const fail = (cause: Error): void => {
      clearInterval(timer);
      socket.destroy();
      reject(cause);
    };
    let parts = 0;
    const timer = setInterval(() => {
      if (++parts === PARTS) fail(new Error(`no complete answer within ${timeoutMs} ms`));
    }, timeoutMs / PARTS);
    socket.on('connect', () => socket.write(text));
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > MOST_BYTES) fail(new Error(`an answer of more than ${MOST_BYTES} bytes`));
    });
    socket.on('error', fail);
    socket.on('end', () => {
      clearInterval(timer);
      socket.destroy();
      resolve(Buffer.concat(chunks).toString('utf8'));
    });
    socket.on('close', () => fail(new Error('the connection was closed')));
  });
}
