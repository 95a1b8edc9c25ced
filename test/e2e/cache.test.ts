import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endControl } from '../support/control.ts';
import { createProject } from '../support/project.ts';
import { until } from '../support/until.ts';

const COUNTING = `
let count = 0;
require('node:http')
  .createServer((request, response) => {
    if (request.url !== '/health') count++;
    response.end(String(count));
  })
  .listen(process.env.PORT, process.env.HOST);
`;

test('answers are kept, counted and purged, and stay purged whatever is killed', async (t) => {
  const project = await createProject(
    t,
    {
      gateway: {
        routes: [
          { path: '/products/*', service: 'shop', cache: { ttl: '1h', size: '1MB' } },
          { path: '/pages/*', service: 'shop', cache: { ttl: '1h', size: '1MB' } },
          { path: '/*', service: 'shop' },
        ],
      },
      services: {
        shop: { command: 'node server.cjs', health: { path: '/health' }, scale: { max: 1 } },
      },
    },
    { 'server.cjs': COUNTING },
  );
  assert.equal((await project.run('up', '-d')).code, 0);
  const get = async (path: string): Promise<string> => {
    const response = await fetch(`${project.gatewayUrl}${path}`);
    return `${await response.text()} ${response.headers.get('cache-status') ?? '-'}`;
  };

  assert.equal(await get('/products/1'), '1 tidegate; fwd=miss');
  assert.equal(await get('/products/1'), '1 tidegate; hit');
  assert.equal(await get('/pages/1'), '2 tidegate; fwd=miss');
  assert.equal(await get('/other'), '3 -');

  const purged = await project.json<object>('purge', '/products/*');
  assert.deepEqual(purged, { purged: ['/products/*'] });
  assert.equal(await get('/products/1'), '4 tidegate; fwd=miss');
  assert.equal(await get('/pages/1'), '2 tidegate; hit');

  await until('status and metrics have counted', async () => {
    const { gateway } = await project.status();
    const [products, pages] = gateway.caches;
    if (!products || products.misses < 2 || !pages || pages.hits < 1) return false;
    const { sizeBytes, ...counted } = products;
    assert.deepEqual(counted, {
      route: '/products/*',
      ttlMs: 3_600_000,
      hits: 1,
      misses: 2,
      hitRate: 1 / 3,
      maxBytes: 2 ** 20,
    });
    return sizeBytes !== null && sizeBytes > 0;
  });
  const metrics = await (await fetch(`http://127.0.0.1:${project.adminPort}/metrics`)).text();
  for (const line of [
    'tidegate_cache_requests_total{route="/products/*",result="hit"} 1',
    'tidegate_cache_requests_total{route="/products/*",result="miss"} 2',
    'tidegate_cache_requests_total{route="/pages/*",result="hit"} 1',
    'tidegate_http_requests_total{service=":gateway",route="/products/*",code="200"} 1',
  ]) {
    assert.ok(metrics.includes(`${line}\n`), `${line}\n${metrics}`);
  }
  assert.match(metrics, /^tidegate_cache_bytes\{route="\/products\/\*"\} \d+$/m);
  const { out } = await project.run('status');
  assert.match(out, /^cache \/products\/\* {2}33 % of 3 requests found, \d+ KB of 1 MB$/m);

  const unknown = await project.run('purge', '/product/*');
  assert.equal(unknown.code, 2);
  assert.match(unknown.err, /No route "\/product\/\*" has a cache/);
  assert.match(unknown.err, /Did you mean \/products\/\*\?/);

  // The same HAProxy under another control plane.
  const { gateway } = await project.status();
  await endControl(project.folder, 'SIGKILL');
  assert.equal((await project.run('up', '-d')).code, 0);
  assert.equal((await project.status()).gateway.pid, gateway.pid);
  assert.equal(await get('/products/1'), '4 tidegate; hit');
  assert.match((await project.run('purge', '--all')).out, /\/products\/\*, \/pages\/\*/);
  assert.equal(await get('/products/1'), '5 tidegate; fwd=miss');
  assert.equal(await get('/pages/1'), '6 tidegate; fwd=miss');
});
