import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from '../../../test/support/property.ts';
import { signer } from './signature.ts';

test('signs as the example of the standard does', () => {
  const sign = signer('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
  const id = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
  assert.deepEqual(sign(id, 1_614_265_330_999, '{"test": 2432232314}'), {
    'webhook-id': id,
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

test('whoever has the key finds the same signature, over the bytes of whatever is sent', () => {
  const key = randomBytes(32);
  const sign = signer(`whsec_${key.toString('base64')}`);
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(), (payload, seconds) => {
      const signed = Buffer.concat([Buffer.from(`id.${seconds}.`), Buffer.from(payload)]);
      const expected = createHmac('sha256', key).update(signed).digest('base64');
      assert.equal(sign('id', seconds * 1000, payload)['webhook-signature'], `v1,${expected}`);
    }),
  );
});

test('a secret of other text is the key as it stands', () => {
  const secret = 'correct horse battery staple';
  const expected = createHmac('sha256', secret).update('id.7.{}').digest('base64');
  assert.equal(signer(secret)('id', 7000, '{}')['webhook-signature'], `v1,${expected}`);
});

test('a secret that is none is refused, and not shown', () => {
  for (const secret of ['', 'whsec_', 'whsec_short', 'whsec_****************************', 'x y']) {
    assert.throws(
      () => signer(secret),
      (thrown: Error & { code?: string }) =>
        thrown.code === 'BAD_WEBHOOK_SECRET' &&
        !(secret.length > 6 && thrown.message.includes(secret)),
    );
  }
});
