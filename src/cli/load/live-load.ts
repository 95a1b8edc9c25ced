import { humanDuration } from '../../kit/duration.ts';
import type { LoadProgress } from '../../lab/load/result.ts';
import { numberText, valueText } from '../../lab/report/value-text.ts';
import { durationText, percentText, rateText } from '../numbers.ts';
import { paint } from '../paint.ts';
import { fit } from '../table.ts';
import { sparkline } from './sparkline.ts';

export interface LiveLoad {
  readonly url: string;
  readonly asked: string;
  readonly durationS: number;
  /** Oldest first; empty before the first second is over. */
  readonly progress: readonly LoadProgress[];
}

/** What a terminal shows while a load runs, drawn anew each second over the lines before. */
export function liveLoadLines(
  { url, asked, durationS, progress }: LiveLoad,
  { columns, colour }: { columns: number; colour: boolean },
): readonly string[] {
  const style = paint(colour);
  const last = progress.at(-1);
  const room = Math.min(60, columns - 26);
  const line = (name: string, value: string, spark: string): string =>
    `  ${style.dim(name.padEnd(9))}${value.padEnd(12)} ${style.cyan(spark)}`;
  const failed = last && last.errors > 0 ? style.red : (text: string): string => text;
  return [
    `${style.bold(url)}  ${asked}`,
    '',
    `  ${barText(last?.elapsedS ?? 0, durationS, room)}`,
    line(
      'rate',
      rateText(last?.rps ?? null),
      sparkline(
        progress.map(({ rps }) => rps),
        room,
      ),
    ),
    line(
      'p95',
      durationText(last?.p95Ms ?? null),
      sparkline(
        progress.map(({ p95Ms }) => p95Ms),
        room,
      ),
    ),
    `  ${style.dim('errors   ')}${failed(errorText(last))}`,
    `  ${style.dim('in flight')} ${numberText(last?.inFlight ?? 0)}`,
    '',
    style.dim('Ctrl-C ends the load and reports what there is.'),
  ].map((each) => fit(each, columns));
}

/** The same in one line, for output that nobody redraws. */
export function progressText(last: LoadProgress, durationS: number): string {
  const { elapsedS, rps, p95Ms, inFlight } = last;
  const at = `${Math.round(elapsedS)} s of ${humanDuration(durationS * 1000)}`;
  return `${at}: ${rateText(rps)}, p95 ${valueText(p95Ms, 'ms')}, errors ${errorText(last)}, in flight ${inFlight}`;
}

// Private

function barText(elapsedS: number, durationS: number, room: number): string {
  const share = Math.min(1, elapsedS / durationS);
  const width = Math.max(5, Math.min(30, room));
  const full = Math.round(share * width);
  const times = `${humanDuration(Math.round(elapsedS) * 1000).replace('0 ms', '0 s')} of ${humanDuration(durationS * 1000)}`;
  return `${'█'.repeat(full)}${'░'.repeat(width - full)}  ${times}`;
}

function errorText(last: LoadProgress | undefined): string {
  if (!last || last.errors === 0) return '0';
  return `${numberText(last.errors)} (${percentText(last.errors / last.requests)})`;
}
