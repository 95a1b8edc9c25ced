import type { JSX } from 'preact';
import { told } from './ask.ts';

/** What was done last. The region is there from the beginning, else a screen reader would not hear it. */
export function Told(): JSX.Element {
  return (
    <div class="told" role="status">
      {told.value !== null && (
        <p>
          {told.value}{' '}
          <button
            type="button"
            class="small"
            aria-label="Hide this message"
            onClick={() => (told.value = null)}
          >
            Hide
          </button>
        </p>
      )}
    </div>
  );
}
