import type { FastifyInstance } from 'fastify';
import type { ControlPlane } from '../../control/control.ts';
import type { PauseAnswer, PurgeAnswer, ScaleAnswer } from '../contract.ts';
import { NAME_PARAMS, PURGE_BODY, SCALE_BODY, scaleRequestOf } from '../queries.ts';

type Named = { Params: { name: string } };

/** What changes something: with the token, and from the page where it has the key of its session. */
export function addChanges(app: FastifyInstance, { control }: { control: ControlPlane }): void {
  const config = { access: 'act' } as const;

  app.post<Named & { Body: { count: number | string } }>(
    '/api/v1/services/:name/scale',
    { config, schema: { params: NAME_PARAMS, body: SCALE_BODY } },
    ({ params: { name }, body }): ScaleAnswer => {
      const request = scaleRequestOf(body.count);
      const { desired } = control.scale(name, request);
      return { service: name, desired, pinned: request.kind === 'auto' ? null : desired };
    },
  );

  app.post<Named>(
    '/api/v1/services/:name/pause',
    { config, schema: { params: NAME_PARAMS } },
    ({ params: { name } }): PauseAnswer => {
      control.pause(name);
      return { service: name, paused: true };
    },
  );

  app.post<Named>(
    '/api/v1/services/:name/resume',
    { config, schema: { params: NAME_PARAMS } },
    ({ params: { name } }): PauseAnswer => {
      control.resume(name);
      return { service: name, paused: false };
    },
  );

  app.post<{ Body: { route?: string } | undefined }>(
    '/api/v1/cache/purge',
    { config: { access: 'write' }, schema: { body: PURGE_BODY } },
    async ({ body }): Promise<PurgeAnswer> => ({
      purged: await control.purge(body?.route ?? null),
    }),
  );
}
