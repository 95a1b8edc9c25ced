import { Agent, createServer, request } from 'node:http';

const agent = new Agent({ keepAlive: true });
const backends = (process.env['BACKENDS'] ?? '').split(',').map(Number);
let turn = 0;

createServer((incoming, outgoing) => {
  const port = backends[turn++ % backends.length] as number;
  const { url: path = '/', method = 'GET', headers } = incoming;
  const options = { host: '127.0.0.1', port, path, method, headers, agent };
  const passed = request(options, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  passed.on('error', () => outgoing.headersSent || outgoing.writeHead(502).end());
  incoming.pipe(passed);
}).listen(Number(process.env['PORT']), '127.0.0.1');
