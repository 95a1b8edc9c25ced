import { ownServices } from './own-services.ts';
import { nearest } from './nearest.ts';
import type { Path } from './problem.ts';
import type { Report } from './report.ts';
import type { Config } from './schema/config.ts';

/** Every name that points at another part of the configuration must find it there. */
export function checkReferences(config: Config, report: Report): void {
  const services = Object.keys(config.services);
  const keySets = Object.keys(config.gateway?.jwt ?? {});
  if (services.length === 0) {
    report(['services'], "must name at least one service: { app: { command: 'node server.js' } }");
  }
  for (const [name, does] of ownServices()) {
    if (!services.includes(name)) continue;
    report(
      ['services', name],
      `must have another name: this is the service of Tidegate's own that ${does}`,
      { withoutValue: true },
    );
  }
  const service = (path: Path, name: string): void => {
    if (services.includes(name)) return;
    const known = services.length > 0 ? ` (there is ${services.join(', ')})` : '';
    report(path, `must be one of the services${known}`, {
      nearest: nearest(name, services),
      dependsOn: [path, ['services', name]],
    });
  };
  const keySet = (path: Path, name: string): void => {
    if (keySets.includes(name)) return;
    report(path, 'must be one of gateway.jwt', {
      nearest: nearest(name, keySets),
      dependsOn: [path, ['gateway', 'jwt', name]],
    });
  };

  for (const [index, route] of (config.gateway?.routes ?? []).entries()) {
    const path = ['gateway', 'routes', index];
    if (typeof route.service === 'string') service([...path, 'service'], route.service);
    if (typeof route.service === 'object') {
      for (const name of Object.keys(route.service)) service([...path, 'service', name], name);
    }
    if (route.auth !== undefined) keySet([...path, 'auth'], route.auth);
  }
  for (const [name, queue] of Object.entries(config.tasks?.queues ?? {})) {
    if (queue.service === undefined) continue;
    service(['tasks', 'queues', name, 'service'], queue.service);
  }
  if (config.tasks?.auth !== undefined) keySet(['tasks', 'auth'], config.tasks.auth);
}
