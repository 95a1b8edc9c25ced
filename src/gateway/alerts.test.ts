import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alertsIn } from './alerts.ts';

test('complaints are what keeps HAProxy from serving, nothing else', () => {
  const said = `
[NOTICE]   (1) : haproxy version is 2.6.12
[ALERT]    (1) : [/usr/sbin/haproxy.main()] FD limit (20000) too low for maxconn=12000/maxsock=24056. Please raise 'ulimit-n' to 24056 or more to avoid any trouble.
[ALERT]    (1) : config : parsing [/x/haproxy.cfg:3] : unknown keyword 'evil'
[ALERT]    (1) : config : Error(s) found in configuration file : /x/haproxy.cfg
[ALERT]    (1) : config : Fatal errors found in configuration.
`;
  assert.deepEqual(alertsIn(said), ["parsing [/x/haproxy.cfg:3] : unknown keyword 'evil'"]);
});
