import { createServer } from 'node:http';
import { Pool } from 'undici';

const pools = (process.env['BACKENDS'] ?? '')
  .split(',')
  .map((port) => new Pool(`http://127.0.0.1:${port}`, { connections: 64 }));
let turn = 0;

createServer((incoming, outgoing) => {
  const pool = pools[turn++ % pools.length] as Pool;
  const { url: path = '/', method = 'GET', headers } = incoming;
  // It sets the connection's own headers itself and refuses them from us.
  const { connection: _connection, 'transfer-encoding': _encoding, ...passed } = headers;
  const body = method === 'GET' || method === 'HEAD' ? null : incoming;
  pool
    .stream({ path, method, headers: passed, body }, ({ statusCode, headers: answered }) => {
      outgoing.writeHead(statusCode, answered);
      return outgoing;
    })
    .catch(() => outgoing.headersSent || outgoing.writeHead(502).end());
}).listen(Number(process.env['PORT']), '127.0.0.1');
