import type { JSX } from 'preact';
import type { Live } from './live.ts';
import { RANGES } from './range.ts';

/** How far back all of the page looks. */
export function RangePicker({ live }: { live: Live }): JSX.Element {
  return (
    <fieldset class="ranges">
      <legend class="unseen">How far back</legend>
      {RANGES.map((range) => (
        <label key={range.label}>
          <input
            type="radio"
            name="range"
            checked={live.range.value === range}
            onChange={() => live.show(range)}
          />
          <span>{range.label}</span>
        </label>
      ))}
    </fieldset>
  );
}
