// Products that take WORK_MS to look up, each with the price list's number, which POST /prices raises. GET /looked-up
// says how many were looked up.
import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

const { PORT, HOST, WORK_MS = '0' } = process.env;
let priceList = 1;
let lookedUp = 0;

async function answerTo({ method, url }) {
  if (url === '/health') return {};
  if (url === '/looked-up') return { lookedUp };
  if (url === '/prices' && method === 'POST') return { priceList: ++priceList };
  lookedUp++;
  const product = url;
  const seen = priceList;
  await delay(Number(WORK_MS));
  return { product, priceList: seen };
}

createServer((request, response) => {
  request.resume();
  void answerTo(request).then((answer) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answer));
  });
}).listen(Number(PORT), HOST);
