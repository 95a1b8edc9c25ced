import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../../test/support/property.ts';
import { addressKind } from './addresses.ts';

test('known addresses are what they are', () => {
  const known = {
    public: [
      '1.1.1.1',
      '172.15.255.255',
      '172.32.0.0',
      '100.128.0.0',
      '2606:4700::1111',
      '64:ff9b::808:808',
      '2002:808:808::1',
    ],
    private: [
      '127.0.0.1',
      '127.255.0.9',
      '10.1.2.3',
      '172.16.0.1',
      '172.31.255.255',
      '192.168.1.1',
      '100.64.0.1',
      '::1',
      'fd00::1',
      'fc00::',
      '::ffff:127.0.0.1',
      '::ffff:7f00:1',
      '64:ff9b::10.0.0.1',
      '2002:a00:1::',
      '2002:7f00:1::1',
    ],
    special: [
      '0.0.0.0',
      '0.1.2.3',
      '169.254.169.254',
      '192.0.0.8',
      '192.0.2.1',
      '198.18.0.1',
      '198.51.100.1',
      '203.0.113.9',
      '224.0.0.1',
      '255.255.255.255',
      '240.0.0.1',
      '::',
      'fe80::1',
      'fe80::1%lo',
      'ff02::1',
      '2001:db8::1',
      '2001::1',
      '3fff::1',
      '::ffff:169.254.169.254',
      '::7f00:1',
      '64:ff9b:1::1',
      '100::1',
      'fec0::1',
      'not an address',
      '',
    ],
  };
  for (const [kind, addresses] of Object.entries(known)) {
    for (const address of addresses) assert.equal(addressKind(address), kind, address);
  }
});

test('an IPv4 address is the same thing in all of its IPv6 forms', () => {
  const byte = fc.integer({ min: 0, max: 255 });
  fc.assert(
    fc.property(fc.tuple(byte, byte, byte, byte), ([a, b, c, d]) => {
      const address = [a, b, c, d].join('.');
      const hex = [(a << 8) | b, (c << 8) | d].map((group) => group.toString(16)).join(':');
      const forms = [
        `::ffff:${address}`,
        `::ffff:${hex}`,
        `64:ff9b::${hex}`,
        `2002:${hex}::${hex}`,
        `0:0:0:0:0:FFFF:${hex}`,
      ];
      for (const form of forms) assert.equal(addressKind(form), addressKind(address), form);
    }),
  );
});

test('nothing outside of 2000::/3 that is not an IPv4 address is public', () => {
  fc.assert(
    fc.property(fc.ipV6(), (address) => {
      if (addressKind(address) !== 'public') return;
      const { hostname } = new URL(`http://[${address}]`);
      assert.match(hostname, /^\[([23][0-9a-f]{3}:|64:ff9b::|::ffff:)/, address);
    }),
    { numRuns: 1000 },
  );
});
