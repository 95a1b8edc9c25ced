import type { LoadResult } from '../../lab/load/result.ts';
import type { Claim } from '../../lab/report/report.ts';
import { numberText, valueText } from '../../lab/report/value-text.ts';
import { pathOf } from '../../lab/report/service-moves.ts';
import type { ServiceMoves } from '../../lab/report/service-moves.ts';
import { durationText, rateText } from '../numbers.ts';
import { claimLines } from '../claim-lines.ts';
import { oneLine } from '../one-line.ts';
import { paint } from '../paint.ts';
import { layOut } from '../table.ts';

export interface LoadAccountShown {
  readonly result: LoadResult;
  readonly asked: string;
  readonly claims: readonly Claim[];
  /** Null: no project is known. */
  readonly services: readonly ServiceMoves[] | null;
  /** Sentences beside the figures: what was not recorded, and why. */
  readonly notes: readonly string[];
  /** Paths that were written. */
  readonly reports: readonly string[];
  readonly interrupted: boolean;
}

/** The account of a load for people. */
export function resultLines(shown: LoadAccountShown, colour: boolean): readonly string[] {
  const { result, asked, claims, services, notes, reports, interrupted } = shown;
  const style = paint(colour);
  const took = durationText(result.durationS * 1000);
  return [
    `${style.bold(result.url)}  ${asked}`,
    interrupted ? style.yellow(`interrupted after ${took}`) : style.dim(`took ${took}`),
    '',
    ...countLines(result, style),
    '',
    ...latencyLines(result, style),
    '',
    style.dim(generatorText(result)),
    ...(services && services.length > 0
      ? ['', ...services.map((each) => serviceLine(each, style))]
      : []),
    ...(claims.length > 0 ? ['', ...claimLines(claims, style)] : []),
    ...result.warnings.map((sentence) => `\n${style.yellow('warning')}  ${sentence}`),
    ...notes.map((sentence) => `\n${style.dim('note')}  ${sentence}`),
    ...(reports.length > 0 ? ['', ...reports.map((path) => `report  ${path}`)] : []),
  ];
}

// Private

type Style = ReturnType<typeof paint>;

function countLines({ requests, ok, errors, rps }: LoadResult, style: Style): readonly string[] {
  const share = (count: number): string =>
    requests === 0 ? '' : valueText((count / requests) * 100, '%');
  const failed = requests - ok;
  const kinds = Object.entries(errors).sort(([, first], [, second]) => second - first);
  const what = kinds.map(([kind, count]) => `${oneLine(kind)} ${numberText(count)}`).join(', ');
  const rows = [
    ['requests', numberText(requests), rateText(rps)],
    ['ok', numberText(ok), share(ok)],
    ['errors', numberText(failed), share(failed), what],
  ];
  const widths = [0, 1, 2].map((index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)));
  return rows.map(([name = '', count = '', part = '', more = '']) => {
    const line = `  ${name.padEnd(widths[0] ?? 0)}  ${count.padStart(widths[1] ?? 0)}  ${part.padStart(widths[2] ?? 0)}  ${more}`;
    return name === 'errors' && failed > 0 ? style.red(line.trimEnd()) : line.trimEnd();
  });
}

function latencyLines({ latencyMs }: LoadResult, style: Style): readonly string[] {
  const { p50, p90, p95, p99, p999, max } = latencyMs;
  const names = ['latency', 'p50', 'p90', 'p95', 'p99', 'p99.9', 'max'];
  const values = [p50, p90, p95, p99, p999, max].map((ms) => valueText(ms, 'ms'));
  const lines = layOut(names, [['', ...values]]);
  return lines.map((line, index) => `  ${index === 0 ? style.dim(line) : line}`);
}

function generatorText({ generatorCpu, latenessMs, usersPeak }: LoadResult): string {
  const late = [latenessMs.p50, latenessMs.p99, latenessMs.max].map((ms) => valueText(ms, 'ms'));
  return `  generator  ${generatorCpu.toFixed(2)} of a core, at most ${numberText(usersPeak)} at once; sent late by ${late[0]} (p50), ${late[1]} (p99), ${late[2]} (max)`;
}

function serviceLine(moves: ServiceMoves, style: Style): string {
  const { name, ups, downs, incidents } = moves;
  const path = pathOf(moves);
  const replicas = path.join() === '1' ? 'replica' : 'replicas';
  const went = `${incidents} ${incidents === 1 ? 'incident' : 'incidents'}`;
  const decided = ups + downs === 0 ? 'no change was decided' : `decided ${ups} up, ${downs} down`;
  const wrong = incidents === 0 ? '' : `, ${style.red(went)}`;
  return `  ${style.bold(name)}  ${path.join(' → ')} ${replicas}, ${decided}${wrong}`;
}
