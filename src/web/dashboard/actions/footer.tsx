import type { JSX } from 'preact';

/** What the page can do, what it cannot, and why it can do nothing now. */
export function Footer({ whyNot }: { whyNot: string | null }): JSX.Element {
  return (
    <footer class="quiet">
      <p class="warn" role="status">
        {whyNot}
      </p>
      <p>
        This page scales, pauses, resumes and restarts, tries tasks again and cancels them, each
        after asking. For the rest there is <code>tidegate deploy</code>, <code>rollback</code>,{' '}
        <code>purge</code> and <code>task send</code>.
      </p>
    </footer>
  );
}
