import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { full } from '../src/spec/fixtures/full.ts';
import { SCHEMA_FILE, createSchema, schemaText } from './schema.ts';
import type { JsonSchema } from './schema.ts';

interface Key {
  /** `gateway.routes[].path`, `services.<name>.command` */
  readonly path: string;
  readonly description: string | undefined;
}

/** Every key of the configuration; those inside a secret belong to the kind of value. */
function keysOf(schema: JsonSchema, path = ''): readonly Key[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([key, value]) => {
    const below = path === '' ? key : `${path}.${key}`;
    return [{ path: below, description: value.description }, ...keysOf(value, below)];
  });
  const inner = schema.additionalProperties;
  return [
    ...own,
    ...(schema.anyOf ?? []).flatMap((each) => keysOf(each, path)),
    ...(schema.items ? keysOf(schema.items, `${path}[]`) : []),
    ...(typeof inner === 'object' ? keysOf(inner, `${path}.<name>`) : []),
  ];
}

const keys = keysOf(createSchema());
const paths = [...new Set(keys.map(({ path }) => path))].filter(
  (path) =>
    !/\.(?:env\.<name>|url|notify|keys|callbackSecret|workerToken)\.(?:env|file)$|\[\]\.notify\.(?:env|file)$/.test(
      path,
    ),
);

test('the committed JSON schema is that of the sources; `npm run schema` writes it', () => {
  assert.equal(readFileSync(SCHEMA_FILE, 'utf8'), schemaText());
});

test('every key is described to the editor', () => {
  assert.ok(keys.length > 100);
  assert.deepEqual(
    keys.filter(({ description }) => !description).map(({ path }) => path),
    [],
  );
});

test('the documentation names every key in the part it belongs to, and no other', () => {
  const text = readFileSync(join(import.meta.dirname, '../docs/configuration.md'), 'utf8');
  const [, ...parts] = text.slice(text.indexOf('## The top')).split(/^## /m);
  const documented = parts.flatMap((part) => {
    const heading = part.slice(0, part.indexOf('\n'));
    const prefixes = [...heading.matchAll(/`([^`]+)`/g)].map(([, prefix]) => `${prefix}.`);
    const named = [...part.matchAll(/^\| `([^`]+)` \|/gm)].map(([, key]) => key as string);
    return (prefixes.length === 0 ? [''] : prefixes).flatMap((prefix) =>
      named.map((key) => `${prefix}${key}`),
    );
  });
  assert.deepEqual(documented.toSorted(), paths.toSorted());
});

test('the fixture with every key has every key', () => {
  const used = new Set<string>();
  const walk = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      const known = paths.includes(path === '' ? key : `${path}.${key}`);
      const below = Array.isArray(value)
        ? `${path}[]`
        : path === ''
          ? key
          : `${path}.${known ? key : '<name>'}`;
      used.add(below);
      walk(inner, below);
    }
  };
  walk(full, '');
  // A queue's length comes from one of three places.
  const others = /\.backlog\.(?:sql|http|path)$/;
  assert.deepEqual(
    paths.filter((path) => !used.has(path) && !others.test(path)),
    [],
  );
});
