import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ControlPlane } from '../../control/control.ts';
import type { Deployment } from '../../control/view.ts';
import type { DeployAnswer, DeploymentView } from '../contract.ts';
import { deploymentViewOf } from '../deployment-view.ts';
import { unknownDeployment } from '../errors.ts';
import { DEPLOY_BODY, ID_PARAMS, NAME_PARAMS } from '../queries.ts';

type Named = { Params: { name: string } };
type Numbered = { Params: { id: string } };

/** Deploy, roll back, restart: each answers when it has begun (202) and is then looked at by its number. */
export function addDeployments(app: FastifyInstance, { control }: { control: ControlPlane }): void {
  const write = { access: 'write' } as const;
  const known = (id: number): Deployment => {
    const found = control.deployment(id);
    if (!found) throw unknownDeployment(id);
    return found;
  };

  app.post<{ Body: { service?: string } | undefined }>(
    '/api/v1/deploy',
    { config: write, schema: { body: DEPLOY_BODY } },
    async ({ body }, reply) => begun(reply, await control.deploy(body?.service ?? null)),
  );
  app.post<Named>(
    '/api/v1/services/:name/rollback',
    { config: write, schema: { params: NAME_PARAMS } },
    async ({ params: { name } }, reply) => begun(reply, await control.rollback(name)),
  );
  app.post<Named>(
    '/api/v1/services/:name/restart',
    { config: { access: 'act' }, schema: { params: NAME_PARAMS } },
    async ({ params: { name } }, reply) => begun(reply, await control.restart(name)),
  );
  app.get<Numbered>(
    '/api/v1/deployments/:id',
    { config: { access: 'read' }, schema: { params: ID_PARAMS } },
    ({ params: { id } }): DeploymentView => deploymentViewOf(known(Number(id))),
  );
  app.post<Numbered>(
    '/api/v1/deployments/:id/interrupt',
    { config: write, schema: { params: ID_PARAMS } },
    async ({ params: { id } }): Promise<DeploymentView> =>
      deploymentViewOf(await control.interrupt(known(Number(id)).id)),
  );
}

// Private

function begun(reply: FastifyReply, deployment: Deployment | null): DeployAnswer {
  if (!deployment) return { deployment: null };
  reply.code(202).header('location', `/api/v1/deployments/${deployment.id}`);
  return { deployment: deploymentViewOf(deployment) };
}
