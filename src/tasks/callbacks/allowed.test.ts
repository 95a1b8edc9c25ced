import { deepEqual, equal, match } from 'node:assert/strict';
import { test } from 'node:test';
import { callbackAllowed } from './allowed.ts';

const fine = (url: string, ...hosts: string[]) => callbackAllowed(url, hosts) === null;

test('an address of a listed host is fine, however it is written', () => {
  for (const url of [
    'https://hooks.example.org/done?a=1',
    'https://HOOKS.Example.ORG/',
    'https://hooks.example.org./',
    'https://hooks.example.org:443/',
  ]) {
    equal(callbackAllowed(url, ['other.org', 'hooks.example.org']), null, url);
  }
  equal(fine('https://b\u00fccher.example/', 'xn--bcher-kva.example'), true);
  equal(fine('https://xn--bcher-kva.example/', 'b\u00fccher.example'), true);
});

test('only https, without a user, and only what can be read', () => {
  const said = (url: string) => callbackAllowed(url, ['example.org']) ?? '';
  match(said('http://example.org/'), /https/);
  match(said('ftp://example.org/'), /https/);
  match(said('https://me@example.org/'), /user/);
  match(said('https://:secret@example.org/'), /password/);
  match(said('example.org/hook'), /not a URL/);
  match(said(`https://example.org/${'a'.repeat(2000)}`), /longer/);
  match(said('https://evil.org/'), /"evil\.org" is not in tasks\.callbacks/);
});

test('a host that merely looks like a listed one is refused', () => {
  const refused = [
    'https://example.org.evil.org/',
    'https://notexample.org/',
    'https://a.example.org/',
    'https://example.org@evil.org/',
    'https://evil.org#example.org',
    'https://evil.org\\@example.org/',
    'https://example.org../',
  ];
  deepEqual(
    refused.filter((url) => fine(url, 'example.org')),
    [],
  );
  equal(fine('https://example.org/'), false);
});

test('a star stands for one label or more below the name, not for itself and not for an address', () => {
  equal(fine('https://a.example.org/', '*.example.org'), true);
  equal(fine('https://a.b.EXAMPLE.org./', '*.example.org'), true);
  equal(fine('https://example.org/', '*.example.org'), false);
  equal(fine('https://.example.org/', '*.example.org'), false);
  equal(fine('https://a..example.org/', '*.example.org'), false);
  equal(fine('https://aexample.org/', '*.example.org'), false);
  equal(fine('https://127.0.0.1/', '*.0.0.1'), false);
  equal(fine('https://127.0.0.1/', '*.1'), false);
});

test('the port is 443, or the one that is listed', () => {
  equal(fine('https://example.org:8443/', 'example.org'), false);
  equal(fine('https://example.org:8443/', 'example.org:8443'), true);
  equal(fine('https://example.org/', 'example.org:8443'), false);
  equal(fine('https://a.example.org:8443/', '*.example.org:8443'), true);
});

test('an address is fine only when exactly it is listed, however it is spelt', () => {
  equal(fine('https://192.0.2.7/', '192.0.2.7'), true);
  equal(fine('https://0xc0.0.2.7/', '192.0.2.7'), true);
  equal(fine('https://3221225991/', '192.0.2.7'), true);
  equal(fine('https://192.0.2.8/', '192.0.2.7'), false);
  equal(fine('https://[2001:DB8:0::1]/', '[2001:db8::1]'), true);
  equal(fine('https://[2001:db8::2]/', '[2001:db8::1]'), false);
});
