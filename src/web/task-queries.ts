import { DAY } from '../kit/clock.ts';
import { TASK_STATES } from '../tasks/task.ts';

/** What a request about tasks may say; descriptions are what a refusal says. */
const QUEUE = {
  type: 'string',
  minLength: 1,
  maxLength: 200,
  description: 'the name of a queue',
};

export const TASK_PARAMS = {
  type: 'object',
  properties: {
    id: {
      type: 'string',
      pattern: '^[0-9a-f]{32}$',
      description: 'the id of a task, 32 hexadecimal digits',
    },
  },
};

export const TASKS_QUERY = {
  type: 'object',
  additionalProperties: false,
  properties: {
    queue: QUEUE,
    state: { type: 'string', enum: TASK_STATES, description: `one of ${TASK_STATES.join(', ')}` },
    limit: {
      type: 'string',
      pattern: '^([1-9][0-9]{0,2}|1000)$',
      description: 'a whole number from 1 to 1000',
    },
  },
};

export const SEND_BODY = {
  type: 'object',
  required: ['queue'],
  additionalProperties: false,
  properties: {
    queue: QUEUE,
    // Any JSON.
    body: {},
    bodyBase64: {
      type: 'string',
      // Without groups: those of megabytes are more than a pattern can go back over.
      pattern: '^[A-Za-z0-9+/]*={0,2}$',
      description: 'base64',
    },
    contentType: {
      type: 'string',
      // A media type, and nothing that would end a header.
      pattern: '^[\\w.+-]+/[\\w.+-]+( *;[ -~]*)?$',
      maxLength: 200,
      description: 'a media type like application/json',
    },
    delayMs: wholeNumber(0, 365 * DAY),
    priority: wholeNumber(-100, 100),
    retries: wholeNumber(0, 100),
    timeoutMs: wholeNumber(1, DAY),
    key: { type: 'string', minLength: 1, maxLength: 257, description: 'a key' },
    callback: { type: 'string', maxLength: 2000, description: 'a URL' },
  },
};

// Private

function wholeNumber(least: number, most: number): object {
  return {
    type: 'integer',
    minimum: least,
    maximum: most,
    description: `a whole number from ${least} to ${most}`,
  };
}
