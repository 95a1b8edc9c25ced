// Serves the files of `site/`. They are read once, so a request can name nothing but what is there.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, relative } from 'node:path';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
};

const pages = readSite(join(import.meta.dirname, 'site'));
const missing = pages.get('/404.html');

const server = createServer((request, response) => {
  const path = request.url.split('?')[0];
  if (path === '/health') {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ status: 'ok', pid: process.pid }));
  } else if (request.method === 'GET' || request.method === 'HEAD') {
    answer(request, response, pages.get(path), path.startsWith('/assets/') ? 3600 : 60);
  } else {
    response.writeHead(405, { allow: 'GET, HEAD' }).end();
  }
});
server.listen(Number(process.env.PORT ?? 3000), process.env.HOST ?? '127.0.0.1');

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, () => {
    server.close(() => process.exit(0));
    server.closeIdleConnections();
  });
}

function answer(request, response, page, maxAgeS) {
  const { type, etag, body } = page ?? missing;
  response.setHeader('content-type', type);
  response.setHeader('cache-control', page ? `public, max-age=${maxAgeS}` : 'no-store');
  if (page) response.setHeader('etag', etag);
  if (page && request.headers['if-none-match'] === etag) {
    response.writeHead(304).end();
    return;
  }
  response.setHeader('content-length', body.length);
  response.writeHead(page ? 200 : 404);
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** Path → file; `/notes/` and `/` are their `index.html`. */
function readSite(folder) {
  const found = new Map();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const body = readFileSync(file);
    const page = {
      type: TYPES[extname(file)] ?? 'application/octet-stream',
      etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
      body,
    };
    const path = `/${relative(folder, file)}`;
    found.set(path, page);
    if (entry.name === 'index.html') found.set(path.slice(0, -'index.html'.length), page);
  }
  return found;
}
