import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { ask, asked, confirm, dismiss } from './ask.ts';
import type { Asked } from './ask.ts';
import { CopyText } from './copy-text.tsx';

/** Asks before anything is changed; there is one on the page. `changed` is called when something was. */
export function ConfirmDialog({ changed }: { changed: () => void }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const current = asked.value;
  const open = current !== null;
  useLayoutEffect(() => {
    if (open && !dialog.current?.open) dialog.current?.showModal();
    else if (!open) dialog.current?.close();
  }, [open]);
  return (
    <dialog
      ref={dialog}
      class="ask"
      aria-labelledby="ask-title"
      aria-describedby="ask-words"
      onClose={dismiss}
    >
      {current && <Question asked={current} changed={changed} />}
    </dialog>
  );
}

// Private

function Question({
  asked: { change, doing, refusal, dismissed },
  changed,
}: {
  asked: Asked;
  changed: () => void;
}): JSX.Element {
  return (
    <>
      <h2 id="ask-title">{change.title}</h2>
      <div id="ask-words">
        {change.words.map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
      </div>
      <p class="quiet">The same on the command line:</p>
      <CopyText text={change.command} />
      <div role="alert">
        {refusal && (
          <p class="bad">
            {refusal.text} {refusal.hint && <span class="quiet">{refusal.hint}</span>}
          </p>
        )}
      </div>
      <div class="ask-buttons">
        <button type="button" autofocus onClick={dismiss}>
          {refusal ? 'Close' : 'Cancel'}
        </button>
        <button
          type="button"
          class="do"
          aria-disabled={doing}
          onClick={() => {
            if (refusal) ask(change, dismissed);
            void confirm(changed);
          }}
        >
          {doing ? 'Under way…' : refusal ? 'Once more' : change.verb}
        </button>
      </div>
    </>
  );
}
