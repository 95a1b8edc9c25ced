/** One curve family: what is asked, and how each curve is called (`{{service}}`: a label). */
export interface Curve {
  readonly expr: string;
  readonly legend: string;
}

export interface Panel {
  readonly title: string;
  /** What it means, shown behind the i. */
  readonly description: string;
  /** A unit of Grafana: `s`, `percentunit`, `reqps`, `bytes`, `short`. */
  readonly unit: string;
  readonly curves: readonly Curve[];
  readonly shape?: 'number' | 'stacked';
}

export interface Row {
  readonly title: string;
  /** The variable of which each value gets a row of its own. */
  readonly repeat?: string;
  readonly collapsed?: boolean;
  readonly panels: readonly Panel[];
}

/** The panels of these rows as Grafana 9 to 11 has them, one below the other, with their places. */
export function laidOut(rows: readonly Row[]): readonly object[] {
  const panels: object[] = [];
  let y = 0;
  let id = 1;
  for (const row of rows) {
    const head = {
      id: id++,
      type: 'row',
      title: row.title,
      gridPos: { x: 0, y: y++, w: WIDTH, h: 1 },
    };
    const first = id;
    const own = row.panels.map((panel, index) =>
      panelOf(panel, first + index, placeOf(row, index, y)),
    );
    id += own.length;
    const repeat = row.repeat === undefined ? {} : { repeat: row.repeat };
    // What a closed row holds stands in it, what an open one holds behind it.
    if (row.collapsed) {
      panels.push({ ...head, ...repeat, collapsed: true, panels: own });
    } else {
      panels.push({ ...head, ...repeat, collapsed: false, panels: [] }, ...own);
    }
    y += Math.ceil(row.panels.length / perLine(row)) * heightOf(row);
  }
  return panels;
}

export const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };

// Private

const WIDTH = 24;

interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

const isOfNumbers = ({ panels }: Row): boolean => panels.every(({ shape }) => shape === 'number');
const perLine = (row: Row): number => (isOfNumbers(row) ? row.panels.length : 3);
const heightOf = (row: Row): number => (isOfNumbers(row) ? 4 : 8);

function placeOf(row: Row, index: number, y: number): Place {
  const [columns, h] = [perLine(row), heightOf(row)];
  const w = Math.floor(WIDTH / columns);
  return { x: (index % columns) * w, y: y + Math.floor(index / columns) * h, w, h };
}

function panelOf(
  { title, description, unit, curves, shape }: Panel,
  id: number,
  gridPos: Place,
): object {
  const targets = curves.map(({ expr, legend }, index) => ({
    refId: String.fromCharCode(65 + index),
    datasource: DATASOURCE,
    editorMode: 'code',
    expr,
    legendFormat: legend,
    range: true,
  }));
  const common = { id, title, description, datasource: DATASOURCE, gridPos, targets };
  if (shape === 'number') {
    return {
      ...common,
      type: 'stat',
      fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
      options: {
        reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
        graphMode: 'area',
        colorMode: 'none',
      },
    };
  }
  return {
    ...common,
    type: 'timeseries',
    fieldConfig: {
      defaults: {
        unit,
        min: 0,
        custom: {
          drawStyle: 'line',
          lineWidth: 1,
          fillOpacity: shape === 'stacked' ? 30 : 5,
          showPoints: 'never',
          stacking: { mode: shape === 'stacked' ? 'normal' : 'none', group: 'A' },
        },
      },
      overrides: [],
    },
    options: {
      legend: { displayMode: 'list', placement: 'bottom', showLegend: true },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
  };
}
