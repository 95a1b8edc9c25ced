// A shop: looking around takes a moment; buying takes as long as the payments at PAY_PATH of the gateway, and says
// whether it was sold.
import { Agent, createServer, request as ask } from 'node:http';

const { PORT, HOST, PAY_PATH, TIDEGATE_GATEWAY_URL } = process.env;
const agent = new Agent({ keepAlive: true });

createServer((request, response) => {
  request.resume();
  if (!request.url.endsWith('/buy')) return response.end('look around\n');
  const tell = (sold) => response.end(JSON.stringify({ sold }));
  const payment = ask(`${TIDEGATE_GATEWAY_URL}${PAY_PATH}`, { method: 'POST', agent }, (answer) => {
    answer.resume();
    answer.on('end', () => tell(answer.statusCode === 200));
  });
  payment.on('error', () => tell(false));
  payment.end();
}).listen(Number(PORT), HOST);
