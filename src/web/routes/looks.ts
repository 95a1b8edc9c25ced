import type { FastifyInstance } from 'fastify';
import { writtenAlert } from '../../control/alerts/alert.ts';
import type { ControlPlane } from '../../control/control.ts';
import { unknownService } from '../../control/errors.ts';
import { HOUR } from '../../kit/clock.ts';
import type { Clock } from '../../kit/clock.ts';
import type { PolicyName } from '../../spec/spec.ts';
import type { Incident } from '../../state/incidents.ts';
import type { AlertView } from '../alert-contract.ts';
import type { Explanation, History, ServiceStatus, Status } from '../contract.ts';
import type { RecommendationView } from '../recommendation-contract.ts';
import { explanationOf } from '../explanation.ts';
import { recommendationViewOf } from '../recommendation-view.ts';
import { DECISIONS_QUERY, HISTORY_QUERY, NAME_PARAMS, momentOf } from '../queries.ts';
import { historyPointOf, serviceStatusOf, startViewOf } from '../status.ts';

const DEFAULT_DECISIONS = 20;
const DEFAULT_POINTS = 600;

type Named = { Params: { name: string } };
type DecisionsQuery = {
  last?: string;
  at?: string;
  from?: string;
  to?: string;
  policy?: PolicyName;
};

/** What a reader may ask: status, services, their decisions and history. */
export function addLooks(
  app: FastifyInstance,
  { control, clock, status }: { control: ControlPlane; clock: Clock; status: () => Status },
): void {
  const config = { access: 'read' } as const;

  app.get('/api/v1/status', { config }, (): Status => status());

  app.get('/api/v1/alerts', { config }, (): { alerts: readonly AlertView[] } => ({
    alerts: control.view().alerts.map(writtenAlert),
  }));

  app.get('/api/v1/services', { config }, (): { services: readonly ServiceStatus[] } => ({
    services: status().services,
  }));

  app.get<Named>(
    '/api/v1/services/:name',
    { config, schema: { params: NAME_PARAMS } },
    ({ params: { name } }): ServiceStatus => {
      const { services } = control.view();
      const found = services.find(({ spec }) => spec.name === name);
      if (!found)
        throw unknownService(
          name,
          services.map(({ spec }) => spec.name),
        );
      return serviceStatusOf(found);
    },
  );

  app.get<Named & { Querystring: DecisionsQuery }>(
    '/api/v1/services/:name/decisions',
    { config, schema: { params: NAME_PARAMS, querystring: DECISIONS_QUERY } },
    ({ params: { name }, query }): Explanation => {
      const at = momentIn(query, 'at');
      const to = momentIn(query, 'to');
      const from = momentIn(query, 'from');
      const decisions = control.decisions(name, {
        last: Number(query.last ?? DEFAULT_DECISIONS),
        ...(at === undefined ? {} : { at }),
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
        ...(query.policy === undefined ? {} : { policy: query.policy }),
      });
      const incidents = (...span: [number, number, number]): readonly Incident[] =>
        control.incidents(name, ...span);
      const until = at ?? to ?? clock.now();
      const { shadows = [] } = control.view().services.find(({ spec }) => spec.name === name) ?? {};
      const since = at === undefined ? from : undefined;
      return explanationOf(name, decisions, incidents, until, since, shadows);
    },
  );

  app.get<Named & { Querystring: { from?: string; to?: string; limit?: string } }>(
    '/api/v1/services/:name/history',
    { config, schema: { params: NAME_PARAMS, querystring: HISTORY_QUERY } },
    ({ params: { name }, query }): History => {
      const to = momentIn(query, 'to') ?? clock.now();
      const from = momentIn(query, 'from') ?? to - HOUR;
      const points = control.history(name, from, to, Number(query.limit ?? DEFAULT_POINTS));
      const starts = control.starts(name, from, to);
      return { service: name, points: points.map(historyPointOf), starts: starts.map(startViewOf) };
    },
  );

  app.get(
    '/api/v1/recommendations',
    { config },
    async (): Promise<{ recommendations: readonly RecommendationView[] }> => ({
      recommendations: (await control.recommendations()).map(recommendationViewOf),
    }),
  );
}

// Private

/** @throws TidegateError BAD_REQUEST */
function momentIn<Key extends string>(
  query: Readonly<Partial<Record<Key, string>>>,
  key: Key,
): number | undefined {
  const text = query[key];
  return text === undefined ? undefined : momentOf(text, `querystring/${key}`);
}
