import assert from 'node:assert/strict';
import { test } from 'node:test';
import { discreet, digestsOf, recalled } from './discretion.ts';
import type { GatewayState } from './gateway.ts';
import type { Planned } from './plan.ts';
import { gatewayState } from './render/fixtures/states.ts';

const SECRET = Buffer.from('a shared secret of thirty-two by').toString('base64');
const PRIVATE = '-----BEGIN PRIVATE KEY-----\nMIIprivate\n-----END PRIVATE KEY-----\n';

function state(changes: Partial<GatewayState> = {}): GatewayState {
  return {
    ...gatewayState([]),
    certificate: PRIVATE,
    keys: {
      main: {
        checkedAtS: 1,
        mayGrow: false,
        keys: [
          { keyId: null, algorithms: ['HS256'], material: { kind: 'secret', base64: SECRET } },
          { keyId: 'a', algorithms: ['ES256'], material: { kind: 'public', pem: 'PUBLIC' } },
        ],
      },
    },
    ...changes,
  };
}

function planned(of = state()): Planned {
  const maps = { 'tls.pem': PRIVATE, 'some.map': `main ${SECRET}\n` };
  return { state: of, slots: {}, rendered: { config: `secret ${SECRET}`, maps } };
}

test('nothing secret is in what is written down of a plan, what is public stays', () => {
  const written = JSON.stringify(discreet(planned(), 'nonce'));
  assert.doesNotMatch(written, /MIIprivate|BEGIN PRIVATE/);
  assert.ok(!written.includes(SECRET));
  assert.match(written, /PUBLIC/);
});

test('the digests tell whether a text changed, and another project cannot compute them', () => {
  const { rendered } = discreet(planned(), 'nonce');
  assert.deepEqual(rendered, digestsOf(planned().rendered, 'nonce'));
  const changed = { config: 'x', maps: planned().rendered.maps };
  assert.notDeepEqual(rendered, digestsOf(changed, 'nonce'));
  assert.notDeepEqual(rendered, digestsOf(planned().rendered, 'another'));
});

test('a successor that has the same secrets knows them to be those that were told', () => {
  const remembered = discreet(planned(), 'nonce').state;
  assert.deepEqual(recalled(remembered, state(), 'nonce'), state());
  const other = recalled(remembered, state({ certificate: 'another', keys: {} }), 'nonce');
  assert.equal(other.certificate, remembered.certificate);
  assert.deepEqual(other.keys, remembered.keys);
});
