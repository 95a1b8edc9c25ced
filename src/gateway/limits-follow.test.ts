import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, testBackend, testGateway } from '../../test/support/gateway.ts';

test('limits follow the replicas of a HAProxy that runs, up and down, while its worker stays the same', async (t) => {
  const gateway = await testGateway(t);
  const [one, two, three] = [
    await testBackend(t, 'api-1'),
    await testBackend(t, 'api-2'),
    await testBackend(t, 'api-3'),
  ];
  const rateLimit = {
    per: { kind: 'ip' as const },
    requests: 20,
    windowMs: 3_600_000,
    followCapacity: true,
  };
  const accepted = async (): Promise<number> => {
    const answers = await Promise.all(Array.from({ length: 80 }, () => ask(gateway.port)));
    return answers.filter(({ status }) => status === 200).length;
  };
  await gateway.start(gateway.state([one], {}, { rateLimit }));
  const before = await accepted();

  const startedAt = performance.now();
  const scaled = await gateway.apply(gateway.state([one, two, three], {}, { rateLimit }));
  const tookMs = performance.now() - startedAt;
  const more = await accepted();

  const back = await gateway.apply(gateway.state([one], {}, { rateLimit }));
  const after = await accepted();
  t.diagnostic(
    `accepted of 80: ${before} with one replica, ${more} more with three (told in ${tookMs.toFixed(0)} ms), ${after} after going back`,
  );
  assert.deepEqual([scaled.kind, back.kind], ['runtime', 'runtime'], 'no reload');
  assert.deepEqual([before, more, after], [20, 40, 0]);
});
