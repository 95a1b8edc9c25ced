import { DATASOURCE, laidOut } from './panel.ts';
import { select } from './promql.ts';
import { OVERVIEW } from './rows/overview.ts';
import { REST } from './rows/rest.ts';
import { ROUTES } from './rows/routes.ts';
import { SERVICE } from './rows/service.ts';
import { TASKS } from './rows/tasks.ts';

export const DASHBOARD_FILE = 'tidegate-dashboard.json';

/** A dashboard that Grafana 9 to 11 imports; it shows `project` first, and any other that is scraped. */
export function grafanaDashboard(project: string): object {
  return {
    uid: 'tidegate',
    title: 'Tidegate',
    tags: ['tidegate'],
    // Of Grafana 9.5: newer ones lift it.
    schemaVersion: 38,
    editable: true,
    graphTooltip: 1,
    refresh: '10s',
    time: { from: 'now-1h', to: 'now' },
    timezone: 'browser',
    annotations: { list: [STEPS] },
    templating: { list: variables(project) },
    panels: laidOut([OVERVIEW, SERVICE, ROUTES, TASKS, REST]),
  };
}

// Private

/** Several services may be chosen. */
const STEPS_TAKEN = select(
  'tidegate_scale_decisions_total',
  { project: '$project' },
  { service: '$service' },
);

const STEPS = {
  name: 'Steps',
  datasource: DATASOURCE,
  enable: true,
  iconColor: 'blue',
  expr: `sum by (service, direction) (increase(${STEPS_TAKEN}[30s])) > 0`,
  step: '30s',
  titleFormat: '{{service}} {{direction}}',
  tagKeys: 'service,direction',
};

function variables(project: string): readonly object[] {
  return [
    {
      name: 'datasource',
      label: 'Prometheus',
      type: 'datasource',
      query: 'prometheus',
      refresh: 1,
      hide: 0,
    },
    {
      ...asked('project', 'Project', 'label_values(tidegate_build_info, project)'),
      current: { text: project, value: project, selected: true },
    },
    {
      ...asked(
        'service',
        'Service',
        'label_values(tidegate_replicas_desired{project="$project"}, service)',
      ),
      multi: true,
      includeAll: true,
      current: { text: ['All'], value: ['$__all'], selected: true },
    },
  ];
}

function asked(name: string, label: string, definition: string): object {
  return {
    name,
    label,
    type: 'query',
    datasource: DATASOURCE,
    definition,
    query: { query: definition, refId: name },
    // When the dashboard is opened, and when its time range changes: services come and go.
    refresh: 2,
    sort: 1,
    hide: 0,
  };
}
