import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accountToDropTo, gatewayThreads, maxConnections, maxRequests } from './machine.ts';

const limits = (hard: string): string =>
  `Limit                     Soft Limit           Hard Limit           Units     
Max processes             7823                 7823                 processes 
Max open files            1024                 ${hard}               files     
`;

test('12,000 clients are enough, and had wherever descriptors allow them and some to spare', () => {
  assert.equal(maxConnections(limits('524288')), 12_000);
  assert.equal(maxConnections(limits('unlimited')), 12_000);
  assert.equal(maxConnections(limits('20000')), 12_000);
  assert.equal(maxConnections(limits('13000')), 11_375);
  assert.equal(maxConnections(limits('1024')), 524);
  assert.equal(maxConnections(limits('256')), 100);
});

test('requests at servers take the descriptors that clients leave', () => {
  assert.equal(maxRequests(limits('524288')), 12_000);
  assert.equal(maxRequests(limits('20000')), 7_500);
  assert.equal(maxRequests(limits('256')), 0);
});

test('where the limit cannot be read nobody is held back', () => {
  assert.equal(maxConnections(''), 12_000);
  assert.equal(maxRequests(''), 12_000);
});

test('root becomes haproxy where the package made that user, else nobody with its own group', () => {
  const passwd = 'root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n';
  const group = 'root:x:0:\nnogroup:x:65534:\nhaproxy:x:114:\n';
  assert.deepEqual(accountToDropTo(`${passwd}haproxy:x:107:114::/var:/bin/false\n`, group), {
    user: 'haproxy',
    group: 'haproxy',
    groupId: 114,
  });
  assert.deepEqual(accountToDropTo(passwd, group), {
    user: 'nobody',
    group: 'nogroup',
    groupId: 65534,
  });
  assert.equal(accountToDropTo('root:x:0:0::/root:/bin/sh\n', group), null);
});

test('HAProxy takes half of the cores and leaves the services the rest', () => {
  assert.deepEqual([1, 2, 3, 4, 16].map(gatewayThreads), [1, 1, 1, 2, 8]);
});
