import type { GatewayState } from '../gateway.ts';
import type { GatewayMachine, GatewayPaths, Rendered, SlotTable } from '../plan.ts';
import { backendSectionLines } from './backend.ts';
import { cacheFiles, cacheSections } from './cache.ts';
import { circuitFiles, trialSections } from './circuit.ts';
import { capacityFiles, deliverySections } from './deliveries.ts';
import { frontendLines } from './frontend.ts';
import { defaultsLines, globalLines } from './global.ts';
import { elsewhereLines } from './handover.ts';
import { identityFiles, identitySections } from './identity.ts';
import { withoutLiveValues } from './live-maps.ts';
import { logRelaySections } from './log-relay.ts';
import { ROUTE_MAP, samplingMap } from './log.ts';
import { FRONTEND, SAMPLING_MAP, backendName } from './names.ts';
import { rateLimitFiles, rateLimitSections } from './rate-limits.ts';
import { routeMap } from './routes.ts';
import { sheddingFiles } from './shedding.ts';
import { sleepFiles } from './sleep.ts';
import { spellingFiles } from './spelling.ts';
import { certificateFiles, withoutCertificate } from './tls.ts';

/** HAProxy's files for a state that has no refusals; servers as they are now. */
export function render(
  state: GatewayState,
  slots: SlotTable,
  paths: GatewayPaths,
  machine: GatewayMachine,
): Rendered {
  const sections = [
    section('global', globalLines(state, paths, machine)),
    ...logRelaySections(paths, machine).map(([title, lines]) => section(title, lines)),
    section('defaults', defaultsLines(state, machine)),
    ...cacheSections(state).map(([title, lines]) => section(title, lines)),
    section(`frontend ${FRONTEND}`, frontendLines(state, paths, machine)),
    ...deliverySections(state, slots, paths, machine).map(([title, lines]) =>
      section(title, lines),
    ),
    ...identitySections(state, elsewhereLines(state, paths)).map(([title, lines]) =>
      section(title, lines),
    ),
    ...rateLimitSections(state).map(([title, lines]) => section(title, lines)),
    ...trialSections(state).map(([title, lines]) => section(title, lines)),
    ...Object.entries(state.services).map(([name, service]) =>
      section(
        `backend ${backendName(name)}`,
        backendSectionLines(service, slots[name] ?? [], state, paths),
      ),
    ),
  ];
  return {
    config: `# Written by Tidegate; changes are lost.\n${sections.join('\n')}`,
    maps: {
      [SAMPLING_MAP]: samplingMap(state),
      [ROUTE_MAP]: routeMap(state.gateway.routes),
      ...sleepFiles(state, machine),
      ...identityFiles(state, machine),
      ...cacheFiles(state),
      ...rateLimitFiles(state),
      ...sheddingFiles(state),
      ...circuitFiles(state, slots),
      ...capacityFiles(state, slots),
      ...certificateFiles(state),
      ...spellingFiles(state.gateway, machine),
    },
  };
}

/** The configuration without what can be changed at runtime: where this differs, HAProxy must reload. */
export function skeleton(rendered: Rendered): string {
  const config = rendered.config.replaceAll(/^( {2}server s\d+b?) .*$/gm, '$1');
  const maps = Object.entries(withoutLiveValues(withoutCertificate(rendered.maps)));
  // Read from the folder they are in another order.
  return JSON.stringify([config, maps.sort(([a], [b]) => (a < b ? -1 : 1))]);
}

// Private

function section(title: string, lines: readonly string[]): string {
  return `${title}\n${lines.map((line) => `  ${line}\n`).join('')}`;
}
