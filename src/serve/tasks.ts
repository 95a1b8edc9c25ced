/** The program of the internal service that takes, shows and leases tasks. */
import { createLog } from '../kit/log.ts';
import { messageOf } from '../kit/errors.ts';
import { startTasksApi } from '../tasks/api/start.ts';
import { readEnvironment, readListener } from '../tasks/program.ts';

try {
  const { program, databaseUrl, secret } = readEnvironment(process.env);
  const workerToken = secret('workerToken');
  const listener = readListener(process.env);
  const log = createLog(1);
  const api = await startTasksApi({ program, databaseUrl, workerToken, ...listener, log });
  process.once('SIGTERM', () => {
    void api.close().finally(() => process.exit(0));
  });
} catch (thrown) {
  process.stderr.write(`${messageOf(thrown)}\n`);
  process.exit(2);
}
