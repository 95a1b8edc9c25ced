import type { JSX } from 'preact';

/** What the page can change, and what does the rest. */
export function Footer(): JSX.Element {
  return (
    <footer class="quiet">
      <p>
        This page scales, pauses, resumes and restarts, tries tasks again and cancels them, each
        after asking. For the rest there is <code>tidegate deploy</code>, <code>rollback</code>,{' '}
        <code>purge</code> and <code>task send</code>.
      </p>
    </footer>
  );
}
