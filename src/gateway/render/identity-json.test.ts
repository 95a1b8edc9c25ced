import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';
import { test } from 'node:test';
import fc from '../../../test/support/property.ts';
import { runHaproxy } from './fixtures/haproxy.ts';
import { guardedState, issuer } from './fixtures/tokens.ts';
import { startUpstream } from './fixtures/upstream.ts';

interface Read {
  readonly status: number;
  /** What was carried on of the claim `sub`; null: nothing. */
  readonly subject: string | null;
}

const FAR = 9_999_999_999;

/** JSON in every spelling: blanks where they may be, any character escaped that may be. */
const spelled: fc.Arbitrary<(value: unknown) => string> = fc
  .tuple(
    fc.infiniteStream(fc.constantFrom('', '', ' ', '\n', '\t\r ')),
    fc.infiniteStream(fc.nat(5)),
  )
  .map(([blanks, dice]) => {
    const blank = (): string => blanks.next().value as string;
    const escaped = (character: string): string =>
      /[a-z]/.test(character) && dice.next().value === 0
        ? `\\u00${character.charCodeAt(0).toString(16)}`
        : JSON.stringify(character).slice(1, -1);
    const text = (value: string): string => `"${Array.from(value, escaped).join('')}"`;
    const write = (value: unknown): string => {
      if (typeof value === 'string') return text(value);
      if (Array.isArray(value))
        return `[${blank()}${value.map(write).join(`${blank()},${blank()}`)}${blank()}]`;
      if (typeof value !== 'object' || value === null) return JSON.stringify(value);
      const members = Object.entries(value).map(
        ([name, inner]) => `${text(name)}${blank()}:${blank()}${write(inner)}`,
      );
      return `{${blank()}${members.join(`${blank()},${blank()}`)}${blank()}}`;
    };
    return (value) => `${blank()}${write(value)}${blank()}`;
  });

const value = fc.jsonValue({ maxDepth: 4 });
const subject = fc.string({
  unit: fc.oneof(fc.constantFrom(...Array.from('abc XYZ"\\/%')), fc.constantFrom('é', '€', '😀')),
  maxLength: 12,
});
const claims = fc.record({
  others: fc.dictionary(fc.string({ maxLength: 6 }), value, { maxKeys: 4 }),
  sub: subject,
});

/** One character too many, too few, or another. */
const damage = fc.record({
  at: fc.nat(1000),
  cut: fc.nat(2),
  put: fc.constantFrom(
    '',
    '"',
    '\\',
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '0',
    '-',
    'e',
    '.',
    'null',
    '\u0000',
    '\n',
    '\u00e9',
  ),
});

test('the program that reads tokens takes JSON for what JSON.parse takes it for, or refuses it', async (t) => {
  const upstream = await startUpstream(t, 'api');
  const main = issuer('HS256');
  const { port } = await runHaproxy(t, guardedState(upstream.port, [main.key]));
  const agent = new Agent({ keepAlive: true });
  t.after(() => agent.destroy());
  const read = (text: string): Promise<Read> =>
    new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${main.token(text)}` };
      request({ host: '127.0.0.1', port, agent, headers }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (some: string) => (body += some));
        response.on('end', () => {
          const got = (JSON.parse(body) as { headers?: Record<string, string> }).headers?.[
            'x-user-id'
          ];
          resolve({
            status: response.statusCode ?? 0,
            subject: got === undefined ? null : Buffer.from(got, 'latin1').toString('utf8'),
          });
        });
      })
        .on('error', reject)
        .end();
    });

  await fc.assert(
    fc.asyncProperty(claims, spelled, async ({ others, sub }, spell) => {
      fc.pre(
        ['nbf', 'iat', 'exp', 'sub', '__proto__'].every((name) => !Object.hasOwn(others, name)),
      );
      const text = spell({ ...others, exp: FAR, sub });
      for (const turn of ['first', 'again']) {
        const { status, subject: got } = await read(text);
        // What would not arrive as it is cannot be carried.
        const carried = sub === sub.trim();
        assert.equal(status, carried ? 200 : 401, `${turn}: ${text}`);
        if (carried) assert.equal(got ?? '', sub, `${turn}: ${text}`);
      }
    }),
    { numRuns: 150 },
  );

  const counts = { accepted: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(claims, damage, async ({ others, sub }, { at, cut, put }) => {
      const whole = JSON.stringify({ exp: FAR, sub: sub.trim(), ...others });
      const where = at % whole.length;
      const text = `${whole.slice(0, where)}${put}${whole.slice(where + cut)}`.toWellFormed();
      const { status, subject: got } = await read(text);
      counts[status === 200 ? 'accepted' : 'refused']++;
      if (status !== 200) return;
      const parsed = JSON.parse(text) as { exp: unknown; sub?: unknown };
      assert.ok(Number.isInteger(parsed.exp), text);
      const { sub: named = null } = parsed;
      if (typeof named === 'string') assert.equal(got ?? '', named, text);
    }),
    { numRuns: 400 },
  );
  t.diagnostic(`damaged: ${counts.refused} refused, ${counts.accepted} still the same to both`);
  assert.ok(counts.accepted > 20 && counts.refused > 100);
});
