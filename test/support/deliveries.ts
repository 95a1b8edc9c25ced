import { createServer, type RequestListener } from 'node:http';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { CAPACITY_PATH, TASK_HEADERS } from '../../src/spec/tasks-program.ts';
import { temporaryFolder } from './temporary.ts';

/** Stands in for the gateway's listener for deliveries, and for the replicas behind it. */
export interface FakeListener {
  readonly socketPath: string;
  /** Service → replicas that take requests; changed at will. */
  replicas: Record<string, number>;
  /** How often that was asked. */
  asked: number;
  /** Task ids in the order they came. */
  readonly delivered: string[];
  /** Service → the most that were under way at once. */
  readonly peaks: Record<string, number>;
}

/** `listener` answers as a replica does; one that sets `x-test-gateway` answers as the gateway itself. */
export async function fakeListener(
  t: Pick<TestContext, 'after'>,
  listener: RequestListener,
): Promise<FakeListener> {
  const socketPath = join(temporaryFolder(t), 'deliver.sock');
  const fake: FakeListener = { socketPath, replicas: {}, asked: 0, delivered: [], peaks: {} };
  const underWay: Record<string, number> = {};
  const server = createServer((request, response) => {
    if (request.url === CAPACITY_PATH) {
      fake.asked += 1;
      response.end(JSON.stringify(fake.replicas));
      return;
    }
    const service = String(request.headers[TASK_HEADERS.service]);
    fake.delivered.push(String(request.headers['task-id']));
    underWay[service] = (underWay[service] ?? 0) + 1;
    fake.peaks[service] = Math.max(fake.peaks[service] ?? 0, underWay[service]);
    response.on('close', () => (underWay[service] = (underWay[service] ?? 0) - 1));
    response.setHeader(TASK_HEADERS.answeredBy, `${service}-1`);
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return fake;
}
