import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { renderReport } from './render-report.ts';
import type { Report } from './report.ts';

const HOSTILE = `</title></script><script>alert(1)</script><a href="https://x.example">"'`;

const all = (text: string): Report => ({
  title: text,
  subtitle: text,
  facts: [{ label: text, value: text, tone: 'bad' }],
  sections: [
    {
      heading: text,
      text: [text],
      claims: [
        { text, expected: text, measured: text, met: true },
        { text: 'the second', expected: 'below 3', measured: '4', met: false },
      ],
      timeline: {
        startedAt: Date.parse('2026-03-01T10:00:00.250Z'),
        durationS: 10,
        panels: [
          {
            title: text,
            unit: text,
            series: [
              {
                name: text,
                shape: 'area',
                tone: 'load',
                points: [
                  [0, 1],
                  [5, 7],
                  [9, null],
                ],
              },
              { name: 'empty', shape: 'line', tone: 'load', points: [] },
            ],
          },
        ],
        markers: [
          { atS: 2, kind: 'up', title: text, lines: [text, 'the reason'] },
          { atS: 3, kind: 'incident', title: 'it fell', lines: [] },
        ],
      },
      table: {
        columns: [text, 'number'],
        rows: [
          [text, 53_364],
          [{ text, href: text }, null],
          [
            { text: 'the lab', href: 'crowd.html#s1' },
            { text: 'elsewhere', href: '//x.example/y' },
          ],
        ],
        note: text,
      },
    },
  ],
});

test('names that are markup stay text, wherever they stand', () => {
  const tags = (page: string): readonly string[] => page.match(/<\/?[a-z][a-z0-9]*/gi) ?? [];
  const page = renderReport(all(HOSTILE));
  assert.deepEqual(tags(page), tags(renderReport(all('plain text'))));
  assert.ok(!page.includes('alert(1)</script>'));
});

test('the page can ask nobody for anything: no address, and a policy that lets nothing through but its own two texts', () => {
  const page = renderReport(all('plain'));
  assert.doesNotMatch(page, /(?:src|href|action|url)\s*[=(]\s*["']?(?:https?:|\/)/i);
  const policy = /Content-Security-Policy" content="([^"]*)"/
    .exec(page)?.[1]
    ?.replaceAll('&#39;', "'");
  const hash = (tag: string): string => {
    const text = new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(page)?.[1] as string;
    return createHash('sha256').update(text).digest('base64');
  };
  assert.equal(
    policy,
    `default-src 'none'; style-src 'sha256-${hash('style')}'; script-src 'sha256-${hash('script')}'; ` +
      "img-src data:; base-uri 'none'; form-action 'none'",
  );
  assert.doesNotMatch(page, / style=| on[a-z]+=/);
});

test('a cell leads below the folder of the page or nowhere', () => {
  const link = (href: string): boolean => {
    const section = { heading: 'x', table: { columns: ['x'], rows: [[{ text: 'x', href }]] } };
    const page = renderReport({ title: '', subtitle: '', facts: [], sections: [section] });
    return page.includes('<a href="');
  };
  for (const href of ['crowd.html', 'labs/crowd.html#s1', '#s2']) assert.ok(link(href), href);
  for (const href of [
    'javascript:alert(1)',
    'https://x.example',
    '//x.example',
    '/etc/passwd',
    '../x.html',
    'a/../../x.html',
    'data:text/html,x',
    '',
  ])
    assert.ok(!link(href), href);
});

test('claims are met or not in words, markers lead to their reasons, and the picture stands there as a table too', () => {
  const page = renderReport(all('plain'));
  assert.match(page, /✓ met<\/strong> plain/);
  assert.match(page, /✗ not met<\/strong> the second/);
  assert.match(page, /<a class="up" href="#s1-1">/);
  assert.match(
    page,
    /<details><summary>[\s\S]*?<ul id="s1-1"><li>plain<\/li><li>the reason<\/li><\/ul><\/details>/,
  );
  assert.match(page, /<li id="s1-2"><p>[\s\S]*?incident: it fell/);
  assert.match(page, /<tr><th scope="row">5 s<\/th><td class="number">7<\/td>/);
  assert.match(
    page,
    /<desc id="s1-p1-d">plain: 1 plain at first, 7 plain at last, between 1 plain and 7 plain\. empty: no data\./,
  );
});

test('every id is there once, and every fragment leads to one', () => {
  const { sections, ...rest } = all('plain');
  const page = renderReport({ ...rest, sections: [...sections, ...sections] });
  const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  assert.equal(new Set(ids).size, ids.length);
  for (const [, id] of page.matchAll(/href="#([^"]+)"/g)) assert.ok(ids.includes(id), id);
});

test('a timeline in which nothing happened says so', () => {
  const timeline = { startedAt: 0, durationS: 0, panels: [], markers: [] };
  const report = { title: '', subtitle: '', facts: [], sections: [{ heading: 'x', timeline }] };
  assert.match(renderReport(report), /Nothing was recorded/);
});
