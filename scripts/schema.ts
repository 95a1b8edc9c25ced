/** `npm run schema`: writes tidegate.schema.json from the zod schema, its descriptions from the comments there. */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { configSchema } from '../src/spec/schema/config.ts';

const root = join(import.meta.dirname, '..');

/** Where the schema is kept for editors and for the package. */
export const SCHEMA_FILE = join(root, 'tidegate.schema.json');

/** The part of a JSON schema that is looked at here. */
export interface JsonSchema {
  readonly title?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  description?: string;
}

/** The JSON schema of what the user writes. */
export function createSchema(): JsonSchema {
  const schema = z.toJSONSchema(configSchema, { io: 'input' }) as JsonSchema;
  describe(schema, readComments());
  return { title: 'Tidegate configuration', ...schema };
}

export function schemaText(): string {
  return `${JSON.stringify(createSchema(), null, 2)}\n`;
}

if (import.meta.main) {
  writeFileSync(SCHEMA_FILE, schemaText());
  console.log(`wrote ${SCHEMA_FILE}`);
}

// Private

/** Keys of a section, joined → the comment of each; a comment serves the editor in TypeScript and in JSON alike. */
type Comments = ReadonlyMap<string, Readonly<Record<string, string>>>;

function readComments(): Comments {
  const comments = new Map<string, Readonly<Record<string, string>>>();
  for (const file of globSync('src/spec/schema/*.ts', { cwd: root })) {
    const [, ...sections] = readFileSync(join(root, file), 'utf8').split(/\bsection\(\{/);
    for (const text of sections) {
      const found = [...text.matchAll(/\/\*\* (.+?) \*\/\s+([\w$]+):/g)];
      const byKey = Object.fromEntries(found.map(([, comment = '', key = '']) => [key, comment]));
      comments.set(Object.keys(byKey).join(), byKey);
    }
  }
  return comments;
}

function describe(schema: JsonSchema, comments: Comments): void {
  const known = comments.get(Object.keys(schema.properties ?? {}).join());
  for (const [key, value] of Object.entries(schema.properties ?? {})) {
    const comment = known?.[key];
    if (comment !== undefined) value.description = comment;
    describe(value, comments);
  }
  for (const inner of schema.anyOf ?? []) describe(inner, comments);
  if (schema.items) describe(schema.items, comments);
  if (typeof schema.additionalProperties === 'object')
    describe(schema.additionalProperties, comments);
}
