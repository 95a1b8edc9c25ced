/**
 * What a report shows, as data: `load`, every lab and the back-tests fill it, one renderer makes it a page.
 * All text is plain and is escaped by the renderer.
 */
export interface Report {
  readonly title: string;
  /** Under the title: what was asked of what, when. */
  readonly subtitle: string;
  /** The few numbers one looks for first. */
  readonly facts: readonly Fact[];
  readonly sections: readonly Section[];
}

export interface Fact {
  readonly label: string;
  readonly value: string;
  /** Absent: neither. */
  readonly tone?: 'good' | 'bad';
}

/** A heading with some of these below it, in this order. */
export interface Section {
  readonly heading: string;
  /** Paragraphs. */
  readonly text?: readonly string[];
  readonly claims?: readonly Claim[];
  readonly timeline?: Timeline;
  readonly fronts?: Fronts;
  readonly table?: Table;
}

/** What each of several costs and how often it fails, setting by setting. */
export interface Fronts {
  readonly fronts: readonly Front[];
  /** Shares of failures that are marked, 0..1. */
  readonly limits: readonly number[];
}

export interface Front {
  readonly name: string;
  /** In the order of the settings; `name` is the setting, null: as it comes. */
  readonly points: readonly {
    readonly share: number;
    readonly cost: number;
    readonly name: string | null;
  }[];
}

/** Something that was said beforehand and then measured. */
export interface Claim {
  readonly text: string;
  readonly expected: string;
  readonly measured: string;
  readonly met: boolean;
}

export interface Table {
  readonly columns: readonly string[];
  /** As many cells as columns; numbers and figures stand to the right. */
  readonly rows: readonly (readonly Cell[])[];
  readonly note?: string;
  /** What opens it: it is long, and wanted by few. Absent: it is open. */
  readonly summary?: string;
}

/** Null: nothing, shown as a dash. */
export type Cell = string | number | null | MarkedCell;

export interface MarkedCell {
  readonly text: string;
  /** Beside this file or below its folder: `crowd.html`, `crowd.html#claims`; anything else is no link. */
  readonly href?: string;
  readonly tone?: 'good' | 'bad';
  /** A number that is written as it is to be read, `1.50` or `2.2 %`: it stands to the right. */
  readonly isFigure?: true;
}

/** Panels one under the other on one time axis, and what was decided and happened on it. */
export interface Timeline {
  /** ms since the epoch: 0 s of the axis; null: it stands for no moment. */
  readonly startedAt: number | null;
  readonly durationS: number;
  readonly panels: readonly Panel[];
  readonly markers: readonly Marker[];
}

export interface Panel {
  readonly title: string;
  /** Written behind every value: `requests/s`, `ms`, `replicas`. */
  readonly unit: string;
  readonly series: readonly Series[];
  /** The end of its axis; what is above stands there. Absent: as its largest value needs. */
  readonly top?: number;
  /** A strip below the panel before it. */
  readonly isLow?: true;
}

export interface Series {
  readonly name: string;
  /** `step` holds its value until the next point. */
  readonly shape: 'line' | 'area' | 'step';
  /** The same tone means the same thing in every panel. */
  readonly tone: 'load' | 'latency' | 'errors' | 'ready' | 'starting' | 'wanted' | 'other';
  /** Seconds on the axis, ascending, and the value; null: not known, the line has a gap. */
  readonly points: readonly (readonly [atS: number, value: number | null])[];
}

/** A decision or an incident. */
export interface Marker {
  readonly atS: number;
  readonly kind: 'up' | 'down' | 'hold' | 'incident';
  /** In one line: `api 2 → 3: cpu 91 % is above 70 %`. */
  readonly title: string;
  /** Inputs, stages, reasons. */
  readonly lines: readonly string[];
}
