import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { find, startServer } from '../support/program.ts';
import type { Peer } from './peer.ts';

export const caddy: Peer = {
  name: 'Caddy',
  async start({ folder, port, backends, threads }) {
    const path = join(folder, 'Caddyfile');
    writeFileSync(
      path,
      `{
  admin off
  auto_https off
}
http://127.0.0.1:${port} {
  bind 127.0.0.1
  reverse_proxy ${backends.map((backend) => `127.0.0.1:${backend}`).join(' ')} {
    lb_policy least_conn
    transport http {
      keepalive_idle_conns_per_host 128
    }
  }
}
`,
    );
    const argv = [find('caddy'), 'run', '--adapter', 'caddyfile', '--config', path] as const;
    const { pid, kill } = await startServer([...argv], port, {
      GOMAXPROCS: `${threads}`,
      HOME: folder,
      XDG_DATA_HOME: folder,
      XDG_CONFIG_HOME: folder,
    });
    return { pid, stop: kill };
  },
};
