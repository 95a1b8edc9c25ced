import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { find, startServer } from '../support/program.ts';
import { AUDIENCE, ISSUER, SECRET } from '../support/tokens.ts';
import type { Peer } from './peer.ts';

/** Of Debian's package libnginx-mod-http-js. */
const MODULE = '/usr/lib/nginx/modules/ngx_http_js_module.so';

/**
 * nginx with what comes nearest: HS256 and the claims checked by a script of its own (checking of tokens is in its
 * commercial edition only), a limit by claim, a cache, a request id, one of a hundred requests logged.
 */
export const nginxPolicies: Peer = {
  name: 'nginx, HS256 by njs',
  async start({ folder, port, backends, threads }) {
    if (!existsSync(MODULE)) {
      throw new Error(`${MODULE} is missing.\n→ Run: apt-get install libnginx-mod-http-js`);
    }
    const script = join(folder, 'identity.js');
    writeFileSync(script, IDENTITY, { mode: 0o644 });
    const path = join(folder, 'nginx.conf');
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
    writeFileSync(
      path,
      `load_module ${MODULE};
worker_processes ${threads};
daemon off;
pid ${join(folder, 'nginx.pid')};
error_log ${join(folder, 'error.log')};
events { worker_connections 4096; }
http {
  js_import identity from ${script};
  js_set $identity identity.check;
  map $identity $subject { default $identity; }
  split_clients $request_id $logged { 1% 1; * 0; }
  log_format json escape=json '{"route":"api","status":$status,"time":$request_time,"id":"$request_id"}';
  access_log ${join(folder, 'access.log')} json if=$logged;
  keepalive_requests 100000000;
  limit_req_zone $subject zone=callers:10m rate=1000000r/s;
  proxy_cache_path ${join(folder, 'cache')} keys_zone=api:10m max_size=64m use_temp_path=off;
${temporary.map((name) => `  ${name}_temp_path ${join(folder, name)};`).join('\n')}
  upstream back {
    least_conn;
${backends.map((backend) => `    server 127.0.0.1:${backend} max_fails=3 fail_timeout=10s;`).join('\n')}
    keepalive 128;
    keepalive_requests 100000000;
  }
  server {
    listen 127.0.0.1:${port};
    location /api/ {
      if ($identity = "") { return 401; }
      limit_req zone=callers burst=1000 nodelay;
      proxy_cache api;
      proxy_cache_bypass $http_authorization;
      proxy_no_cache $http_authorization;
      proxy_pass http://back;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header X-Request-Id $request_id;
      proxy_set_header X-User-Id $identity;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Forwarded-Host $host;
      proxy_next_upstream error timeout;
      add_header X-Request-Id $request_id;
    }
  }
}
`,
    );
    const argv = [find('nginx'), '-c', path, '-e', join(folder, 'error.log')] as const;
    const { pid, kill } = await startServer([...argv], port);
    return { pid, stop: kill };
  },
};

// Private

/** njs knows neither destructuring nor WebCrypto without promises in Debian's version. */
const IDENTITY = `const crypto = require('crypto');
function check(r) {
  const header = r.headersIn.Authorization || '';
  const parts = header.slice(7).split('.');
  if (!header.startsWith('Bearer ') || parts.length !== 3) return '';
  const hmac = crypto.createHmac('sha256', '${SECRET}');
  if (hmac.update(parts[0] + '.' + parts[1]).digest('base64url') !== parts[2]) return '';
  try {
    const head = JSON.parse(Buffer.from(parts[0], 'base64url').toString());
    const claims = JSON.parse(Buffer.from(parts[1], 'base64url').toString());
    const good = head.alg === 'HS256' && claims.iss === '${ISSUER}' && claims.aud === '${AUDIENCE}' &&
      claims.exp > Date.now() / 1000 && claims.scope.split(' ').includes('orders:read');
    return good ? claims.sub : '';
  } catch (e) {
    return '';
  }
}
export default { check };
`;
