import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isKeyAddress } from './key-address.ts';

test('keys come over HTTPS, or from this machine', () => {
  for (const good of [
    'https://id.example.org/jwks',
    'https://id.example.org:8443/a?b=c',
    'http://localhost:3000/jwks',
    'http://127.0.0.1/jwks',
    'http://127.8.9.10/jwks',
    'http://[::1]:3000/jwks',
  ])
    assert.equal(isKeyAddress(good), true, good);
  for (const bad of [
    'http://id.example.org/jwks',
    'http://localhost.example.org/jwks',
    'http://127.0.0.1.example.org/jwks',
    'http://10.0.0.1/jwks',
    'https://user:pass@id.example.org/jwks',
    'http://user@localhost/jwks',
    'file:///etc/jwks.json',
    'https://',
    './jwks.json',
  ])
    assert.equal(isKeyAddress(bad), false, bad);
});
