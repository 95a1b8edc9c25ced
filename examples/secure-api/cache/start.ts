// Redis on the port Tidegate gives it, for whoever knows the password. Nothing is written to disk: it is a cache.
import { randomBytes } from 'node:crypto';
import { spawn } from 'node:child_process';
import { publishAddress } from '../shared/address.ts';
import { passOnSignals } from '../shared/child.ts';

const { PORT = '', HOST = '127.0.0.1' } = process.env;
const password = randomBytes(24).toString('hex');
const redis = spawn('redis-server', ['-'], { stdio: ['pipe', 'inherit', 'inherit'] });
// Through its input, where no list of processes shows the password.
redis.stdin.end(
  `bind ${HOST}\nport ${PORT}\nrequirepass ${password}\nsave ""\nappendonly no\n` +
    'maxmemory 64mb\nmaxmemory-policy allkeys-lru\n',
);
passOnSignals(redis, 'SIGTERM');
publishAddress('cache', `redis://:${password}@${HOST}:${PORT}`);
