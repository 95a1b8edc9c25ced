import { aggregatorService } from './aggregator.ts';
import { checkPorts } from './check-ports.ts';
import type { Machine, ResolveContext } from './context.ts';
import { DEFAULTS, defaultMaxReplicas, defaultName } from './defaults.ts';
import { parseConfig } from './parse.ts';
import type { ConfigProblem } from './problem.ts';
import { createReport } from './report.ts';
import { checkReferences } from './references.ts';
import { resolveAlerts } from './resolve-alerts.ts';
import { checkEdges } from './resolve-edges.ts';
import { resolveJwt } from './resolve-jwt.ts';
import { resolveTls } from './resolve-tls.ts';
import { checkRateLimits, resolveRateLimit } from './resolve-rate-limit.ts';
import { resolveDatabases } from './resolve-databases.ts';
import { resolveQueues } from './resolve-queues.ts';
import { resolveRoutes } from './resolve-routes.ts';
import { resolveService } from './resolve-service.ts';
import { resolveDeliveries, resolveTasks } from './resolve-tasks.ts';
import type { Config } from './schema/config.ts';
import type { GatewaySpec, HostSpec, Spec } from './spec.ts';
import { tasksRoutes } from './tasks-routes.ts';
import { tasksServices } from './tasks-services.ts';
import { unbuiltKeys } from './unbuilt.ts';
import type { Unbuilt } from './unbuilt.ts';
import { warningsOf } from './warnings.ts';

export type Resolved =
  | {
      readonly ok: true;
      readonly spec: Spec;
      /** Keys the user set that this version does not build: fit to be checked, not to be run. */
      readonly unbuilt: readonly Unbuilt[];
      /** What is allowed but probably not meant, each beginning with its path. */
      readonly warnings: readonly string[];
    }
  | {
      readonly ok: false;
      readonly problems: readonly ConfigProblem[];
      readonly unbuilt: readonly Unbuilt[];
    };

/** Checks what the user wrote and fills in every default, or says all that is wrong with it at once. */
export function resolveSpec(input: unknown, context: ResolveContext): Resolved {
  const parsed = parseConfig(input);
  const unbuilt = unbuiltKeys(input);
  if (!parsed.config) return { ok: false, problems: parsed.problems, unbuilt };
  const { report, problems: broken } = createReport(input, parsed.leftOut);
  const config = parsed.config;

  const databases = resolveDatabases(config, context.folder, report);
  const queues = resolveQueues(config, report);
  const tasks = resolveTasks(config, queues, context.folder, report);
  const deliveries = resolveDeliveries(queues);
  const ownRoutes = tasksRoutes(tasks);
  const routes = resolveRoutes(config, ownRoutes, report);
  const jwt = resolveJwt(config, context.folder, report);
  const tls = resolveTls(config, context.folder);
  const aggregator = aggregatorService(routes, context);
  const services = Object.keys(config.services).map((name) =>
    resolveService(name, config, { routes, queues }, context, report),
  );
  const own = tasks
    ? tasksServices({ tasks, routes: ownRoutes, deliveries, services }, context)
    : [];
  const spec: Spec = {
    name: config.name ?? defaultName(context.folder),
    engine: config.engine ?? DEFAULTS.engine,
    folder: context.folder,
    admin: { host: DEFAULTS.adminHost, port: config.admin?.port ?? DEFAULTS.adminPort },
    gateway: { ...resolveGateway(config), tls, jwt, routes, deliveries },
    services: Object.fromEntries(
      [...services, ...(aggregator ? [aggregator] : []), ...own].map((service) => [
        service.name,
        service,
      ]),
    ),
    tasks,
    databases,
    alerts: resolveAlerts(config, queues, context.folder, report),
    host: resolveHost(config, context.machine),
  };
  checkReferences(config, report);
  checkRateLimits(config, report);
  checkEdges(config, report);
  checkPorts(spec, config, report);

  const problems = [...parsed.problems, ...broken];
  if (problems.length > 0) return { ok: false, problems, unbuilt };
  return {
    ok: true,
    spec,
    unbuilt,
    warnings: warningsOf(spec, config, context),
  };
}

// Private

function resolveGateway({
  gateway = {},
}: Config): Omit<GatewaySpec, 'tls' | 'jwt' | 'routes' | 'deliveries'> {
  return {
    host: gateway.host ?? DEFAULTS.gateway.host,
    port: gateway.port ?? DEFAULTS.gateway.port,
    accessLog: gateway.accessLog ?? DEFAULTS.gateway.accessLog,
    compression: gateway.compression ?? DEFAULTS.gateway.compression,
    paths: gateway.paths ?? DEFAULTS.gateway.paths,
    rateLimit: resolveRateLimit(gateway.rateLimit),
    trustedProxies: [...new Set(gateway.trustedProxies)],
    forwarded: gateway.forwarded ?? DEFAULTS.gateway.forwarded,
    securityHeaders: gateway.securityHeaders ?? DEFAULTS.gateway.securityHeaders,
  };
}

function resolveHost({ host = {} }: Config, { cores }: Machine): HostSpec {
  const given = host.maxReplicas ?? defaultMaxReplicas(cores);
  return {
    maxReplicas: given === 'cores' ? cores : given,
    minFreeMemory: host.minFreeMemory ?? DEFAULTS.host.minFreeMemory,
  };
}
