import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { find, startServer } from '../support/program.ts';
import type { Peer } from './peer.ts';

/** With connections to the servers kept alive, which is not its default and matters most. */
export const nginx: Peer = {
  name: 'nginx',
  async start({ folder, port, backends, threads }) {
    const path = join(folder, 'nginx.conf');
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
    writeFileSync(
      path,
      `worker_processes ${threads};
daemon off;
pid ${join(folder, 'nginx.pid')};
error_log ${join(folder, 'error.log')};
events { worker_connections 4096; }
http {
  access_log off;
  keepalive_requests 100000000;
${temporary.map((name) => `  ${name}_temp_path ${join(folder, name)};`).join('\n')}
  upstream back {
    least_conn;
${backends.map((backend) => `    server 127.0.0.1:${backend};`).join('\n')}
    keepalive 128;
    keepalive_requests 100000000;
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://back;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
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
