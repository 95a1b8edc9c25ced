import type { FastifyError } from 'fastify';
import { badRequest } from './errors.ts';
import type { TidegateError } from '../kit/errors.ts';
import { POLICIES } from '../spec/spec.ts';
import type { ScaleRequest } from '../control/control.ts';

/** Query values arrive as text, so each schema says which text, and its description is what a refusal says. */
const COUNT = {
  type: 'string',
  pattern: '^[1-9][0-9]{0,4}$',
  description: 'a whole number from 1 to 99999',
};
const MOMENT = {
  type: 'string',
  pattern: '^([0-9]{1,15}|[0-9]{4}-[0-9]{2}-[0-9]{2}.{0,20})$',
  description: 'a time in ISO 8601 or milliseconds since the epoch',
};
const TEXT = { type: 'string', minLength: 1, maxLength: 200, description: '1 to 200 characters' };

function queryOf(properties: Readonly<Record<string, object>>): object {
  return { type: 'object', additionalProperties: false, properties };
}

export const NAME_PARAMS = { type: 'object', properties: { name: TEXT } };
export const ID_PARAMS = {
  type: 'object',
  properties: {
    id: {
      type: 'string',
      pattern: '^[1-9][0-9]{0,14}$',
      description: 'the number of a deployment',
    },
  },
};
export const DECISIONS_QUERY = queryOf({
  last: COUNT,
  at: MOMENT,
  from: MOMENT,
  to: MOMENT,
  policy: { type: 'string', enum: POLICIES, description: `one of ${POLICIES.join(', ')}` },
});
export const HISTORY_QUERY = queryOf({ from: MOMENT, to: MOMENT, limit: COUNT });
export const LOGS_QUERY = queryOf({
  service: TEXT,
  lines: COUNT,
  since: MOMENT,
  grep: TEXT,
  follow: { type: 'string', enum: ['true', 'false'], description: 'true or false' },
});
export const CODE_BODY = {
  type: 'object',
  required: ['code'],
  additionalProperties: false,
  properties: { code: TEXT },
};
/** No body is one without a service. */
export const DEPLOY_BODY = {
  type: ['object', 'null'],
  additionalProperties: false,
  properties: { service: TEXT },
};
/** No body is one without a route: all of them. */
export const PURGE_BODY = {
  type: ['object', 'null'],
  additionalProperties: false,
  properties: { route: { ...TEXT, maxLength: 2000, description: '1 to 2000 characters' } },
};
export const SCALE_BODY = {
  type: 'object',
  required: ['count'],
  additionalProperties: false,
  properties: {
    count: {
      type: ['integer', 'string'],
      minimum: 0,
      maximum: 99_999,
      pattern: '^([+-]?[0-9]{1,5}|auto)$',
      description: "a count, '+N', '-N' or 'auto'",
    },
  },
};

/** ms since the epoch of a moment that passed the schema. @throws TidegateError BAD_REQUEST */
export function momentOf(text: string, path: string): number {
  const at = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isFinite(at)) return at;
  throw badRequest([{ path, message: `has to be ${MOMENT.description}` }]);
}

/** The request of a count that passed the schema. */
export function scaleRequestOf(count: number | string): ScaleRequest {
  if (count === 'auto') return { kind: 'auto' };
  const relative = typeof count === 'string' && /^[+-]/.test(count);
  return { kind: relative ? 'relative' : 'absolute', count: Number(count) };
}

/** Every problem the schemas found, each with its path and the rule; the value stays out. */
export function invalidRequest({ validation, validationContext }: FastifyError): TidegateError {
  return badRequest(
    (validation ?? []).map(({ instancePath, keyword, message, params, ...rest }) => {
      const path = `${validationContext ?? ''}${instancePath}`;
      if (keyword === 'additionalProperties')
        return {
          path,
          message: `has the unknown key ${JSON.stringify(params['additionalProperty'])}`,
        };
      const { parentSchema } = rest as { parentSchema?: { description?: string } };
      const wanted = parentSchema?.description;
      return {
        path,
        message: wanted && keyword !== 'required' ? `has to be ${wanted}` : (message ?? ''),
      };
    }),
  );
}
