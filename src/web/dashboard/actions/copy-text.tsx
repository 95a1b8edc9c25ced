import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

const COPIED_MS = 2000;

/** A line to be typed or pasted, with a button that copies it where the browser lets a page do that. */
export function CopyText({ text }: { text: string }): JSX.Element {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), COPIED_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  // Absent where the page comes over plain HTTP from another machine.
  const clipboard = navigator.clipboard as Clipboard | undefined;
  return (
    <span class="copy">
      <code>{text}</code>
      {clipboard && (
        <button
          type="button"
          class="small"
          aria-label={`${copied ? 'Copied' : 'Copy'} ${text}`}
          onClick={() => {
            clipboard.writeText(text).then(
              () => setCopied(true),
              () => setCopied(false),
            );
          }}
        >
          {copied ? 'Copied' : 'Copy'}
        </button>
      )}
    </span>
  );
}
