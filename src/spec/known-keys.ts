import type { z } from 'zod';

type Schema = z.core.$ZodType;

/** The keys the schema knows at a path of the configuration; none where the user chooses them. */
export function knownKeys(schema: Schema, path: readonly PropertyKey[]): readonly string[] {
  let places: readonly Schema[] = alternatives(schema);
  for (const key of path) places = places.flatMap((place) => alternatives(below(place, key)));
  return [...new Set(places.flatMap((place) => Object.keys(shapeOf(place) ?? {})))];
}

// Private

function shapeOf(schema: Schema): Readonly<Record<string, Schema>> | undefined {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  return def.type === 'object' ? def.shape : undefined;
}

function below(schema: Schema, key: PropertyKey): Schema | undefined {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type === 'object') return def.shape[String(key)];
  if (def.type === 'record') return def.valueType;
  return def.type === 'array' ? def.element : undefined;
}

/** What may stand there once wrappers and unions are opened. */
function alternatives(schema: Schema | undefined): readonly Schema[] {
  if (!schema) return [];
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type === 'optional') return alternatives(def.innerType);
  if (def.type === 'pipe') return alternatives(def.in);
  if (def.type === 'union') return def.options.flatMap(alternatives);
  return [schema];
}
