import type { FastifyInstance } from 'fastify';
import type { ControlPlane } from '../../control/control.ts';
import type { NewTask } from '../../tasks/books.ts';
import type { TaskState, TaskView } from '../../tasks/task.ts';
import { badRequest } from '../errors.ts';
import type { SendTask, TaskList } from '../task-contract.ts';
import { SEND_BODY, TASK_PARAMS, TASKS_QUERY } from '../task-queries.ts';

type Numbered = { Params: { id: string } };

/** What is sent through here is for people and scripts; services send to the gateway. */
const BODY_LIMIT_BYTES = 16 * 1024 * 1024;

/** Look at tasks, send, retry and cancel them. */
export function addTasks(app: FastifyInstance, { control }: { control: ControlPlane }): void {
  const read = { access: 'read' } as const;
  const act = { access: 'act' } as const;
  const { tasks } = control;

  app.get<{ Querystring: { queue?: string; state?: TaskState; limit?: string } }>(
    '/api/v1/tasks',
    { config: read, schema: { querystring: TASKS_QUERY } },
    async ({ query: { queue, state, limit } }): Promise<TaskList> => ({
      tasks: await tasks.list({
        ...(queue === undefined ? {} : { queue }),
        ...(state === undefined ? {} : { state }),
        ...(limit === undefined ? {} : { limit: Number(limit) }),
      }),
    }),
  );

  app.get<Numbered>(
    '/api/v1/tasks/:id',
    { config: read, schema: { params: TASK_PARAMS } },
    ({ params: { id } }): Promise<TaskView> => tasks.show(id),
  );

  app.post<{ Body: SendTask }>(
    '/api/v1/tasks',
    { config: { access: 'write' }, bodyLimit: BODY_LIMIT_BYTES, schema: { body: SEND_BODY } },
    async ({ body }, reply): Promise<TaskView> => {
      const sent = await tasks.send(newTaskOf(body));
      reply.code(201).header('location', `/api/v1/tasks/${sent.id}`);
      return sent;
    },
  );

  app.post<Numbered>(
    '/api/v1/tasks/:id/retry',
    { config: act, schema: { params: TASK_PARAMS } },
    ({ params: { id } }): Promise<TaskView> => tasks.retry(id),
  );

  app.post<Numbered>(
    '/api/v1/tasks/:id/cancel',
    { config: act, schema: { params: TASK_PARAMS } },
    ({ params: { id } }): Promise<TaskView> => tasks.cancel(id),
  );
}

// Private

/** @throws TidegateError BAD_REQUEST */
function newTaskOf({ body, bodyBase64, contentType, ...rest }: SendTask): NewTask {
  if (body !== undefined && bodyBase64 !== undefined)
    throw badRequest([{ path: 'body/bodyBase64', message: 'cannot stand beside body' }]);
  if (bodyBase64 !== undefined) {
    if (bodyBase64.length % 4 !== 0)
      throw badRequest([{ path: 'body/bodyBase64', message: 'has to be base64' }]);
    const type = contentType ?? 'application/octet-stream';
    return { ...rest, body: Buffer.from(bodyBase64, 'base64'), contentType: type };
  }
  const json = body === undefined ? '' : JSON.stringify(body);
  return { ...rest, body: Buffer.from(json), contentType: contentType ?? 'application/json' };
}
