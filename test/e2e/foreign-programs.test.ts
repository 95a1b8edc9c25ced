import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { isRunning, readStat } from '../../src/process/stat.ts';
import { adminOf, scaleTo } from '../support/admin.ts';
import { keepAsking } from '../support/clients.ts';
import { createProject, type Project } from '../support/project.ts';
import { isReachable } from '../support/reach.ts';
import { until } from '../support/until.ts';

/** Answers with the pid that serves; none of these programs knows of Tidegate. */
const PID_SERVER = `
  require('node:http').createServer((request, response) => {
    request.resume().on('end', () => response.end(String(process.pid)));
  }).listen(process.env.PORT, '127.0.0.1');
`;

/**
 * Scales it 1 → 3 → 1 under keep-alive clients, without a request lost, three programs serving at the height, each
 * measured; afterwards nothing of it is left.
 */
async function tryOut(t: TestContext, service: object, files: Record<string, string>, bodies = 3) {
  const project = await createProject(
    t,
    { services: { app: { scale: { min: 1, max: 3 }, ...service } } },
    files,
  );
  const up = await project.run('up', '-d');
  assert.equal(up.code, 0, up.err);
  const client = await adminOf(project.folder);
  const asking = keepAsking(t, project.gatewayUrl, { users: 6, thinkMs: 10 });
  await scaleTo(client, 'app', 3);
  const served = new Set<number>();
  await until('all of them serve', async () => {
    served.add(Number(await (await fetch(project.gatewayUrl)).text()));
    return served.size >= bodies;
  });
  await until('each is measured', async () => {
    const { replicas } = await client.service('app');
    return replicas.every(({ cpu, memoryBytes }) => cpu !== null && (memoryBytes ?? 0) > 1e6);
  });
  await scaleTo(client, 'app', 1);
  await until("only the last replica's programs run", () => {
    return [...served].filter((pid) => isRunning(readStat(pid))).length <= bodies / 3;
  });
  const { ok, failed } = await asking.finish();
  assert.deepEqual({ ...failed }, {});
  assert.ok(ok > 20);
  return { project, client, served };
}

/** Everything that served has ended, and the port is closed. */
async function leavesNothing(project: Project, served: Iterable<number>): Promise<void> {
  const { code, err } = await project.run('down');
  assert.equal(code, 0, err);
  for (const pid of served) assert.ok(!isRunning(readStat(pid)), `${pid} has ended`);
  await assert.rejects(fetch(project.gatewayUrl));
}

test('a program behind npm run is served, measured and ended, wrapper and all', async (t) => {
  const { project, served } = await tryOut(
    t,
    { command: 'npm run -s serve' },
    {
      'package.json': JSON.stringify({ private: true, scripts: { serve: 'node server.cjs' } }),
      'server.cjs': PID_SERVER,
    },
  );
  await leavesNothing(project, served);
});

test('a shell pipeline ends with all its parts', async (t) => {
  const { project, client, served } = await tryOut(
    t,
    { command: 'node server.cjs 2>&1 | cat' },
    { 'server.cjs': `console.log('through the pipe');${PID_SERVER}` },
  );
  const logs = await project.run('logs', 'app');
  assert.match(logs.out, /through the pipe/);
  const leader = (await client.service('app')).replicas[0]?.pid as number;
  assert.ok(!served.has(leader), 'the shell leads, another serves');
  await leavesNothing(project, [...served, leader]);
});

test('a program that forks its workers is served by all of them', async (t) => {
  const { project, served } = await tryOut(
    t,
    { command: 'perl prefork.pl' },
    { 'prefork.pl': PREFORK },
    6,
  );
  await leavesNothing(project, served);
});

test('a program that puts its worker into a session of its own leaves nothing behind', async (t) => {
  const { project, served } = await tryOut(
    t,
    { command: 'perl daemon.pl' },
    { 'daemon.pl': DAEMON },
  );
  await leavesNothing(project, served);
});

test('a program that prints without end is served, and its log is cut', async (t) => {
  const { project } = await tryOut(
    t,
    { command: 'node loud.cjs' },
    {
      'loud.cjs': `${PID_SERVER}
        const text = ('x'.repeat(1023) + '\\n').repeat(512);
        setInterval(() => require('node:fs').writeSync(1, text), 50);`,
    },
  );
  const folder = join(project.folder, '.tidegate/logs/app');
  const cut = (name: string): boolean => !name.endsWith('.log');
  await until('the older part is set apart', () => readdirSync(folder).some(cut));
});

test('a program that leaves for the background is told so, and nothing of it stays', async (t) => {
  const project = await createProject(
    t,
    { services: { app: { command: 'perl daemon.pl' } } },
    { 'daemon.pl': LEAVING },
  );
  await project.run('up', '-d');
  const client = await adminOf(project.folder);
  const problem = await until('it is told', async () => (await client.service('app')).problem);
  assert.match(problem.message, /code 0/);
  // It may have been ended before it wrote its number; then the next one does.
  const noted = join(project.folder, 'pids');
  await until('one has written its number', () => existsSync(noted) && statSync(noted).size > 0);
  assert.equal((await project.run('down')).code, 0);
  const pids = readFileSync(noted, 'utf8').trim().split('\n').map(Number);
  assert.ok(pids.length > 0);
  for (const pid of pids) assert.ok(!isRunning(readStat(pid)), `${pid} has ended`);
});

test('a program of another user is served, measured and ended', {
  skip:
    (process.getuid?.() !== 0 && 'only root may start programs of others') ||
    (!isReachable(process.execPath) && 'nobody else may come through to Node where it lies'),
}, async (t) => {
  const command = ['node', '-e', PID_SERVER];
  const { project, served } = await tryOut(t, { command, user: 'nobody', cwd: '/' }, {});
  await leavesNothing(project, served);
});

/** Perl is on every Debian. Closes each connection after its answer, as the plainest servers do. */
const LISTEN = `
use strict;
use IO::Socket::INET;
use POSIX qw(setsid);

$SIG{PIPE} = 'IGNORE';
my $server = IO::Socket::INET->new(
    LocalAddr => '127.0.0.1', LocalPort => $ENV{PORT}, Listen => 128, ReuseAddr => 1,
) or die "listen: $!";

sub serve {
    while (1) {
        my $client = $server->accept or next;
        while (my $line = <$client>) { last if $line =~ /^\\r?\\n$/ }
        my $body = $$;
        my $length = length $body;
        print $client "HTTP/1.1 200 OK\\r\\nContent-Length: $length\\r\\nConnection: close\\r\\n\\r\\n$body";
        close $client;
    }
}
`;

const PREFORK = `${LISTEN}
for (1 .. 2) {
    my $pid = fork;
    serve() if $pid == 0;
}
wait;
`;

/** Forks twice and leaves the session, as daemons do; `note` runs in what stays. */
const daemon = (note: string): string => `${LISTEN}
if (fork == 0) {
    setsid;
    if (fork == 0) {
        ${note}
        serve();
    }
    POSIX::_exit(0);
}
wait;
`;

const DAEMON = `${daemon('')}
sleep 60 while 1;
`;

const LEAVING = daemon(`open(my $pids, '>>', 'pids'); print $pids "$$\\n"; close $pids;`);
