import { signal } from '@preact/signals';

/** Whose logs are shown; `replica` null: all of them. */
export const shownLogs = signal<{
  readonly service: string;
  readonly replica: string | null;
} | null>(null);

/** `opener` gets the focus back when the panel is closed. */
export function openLogs(service: string, replica: string | null, opener: HTMLElement): void {
  shownLogs.value = { service, replica };
  openedBy = opener;
}

export function closeLogs(): void {
  shownLogs.value = null;
  openedBy?.focus();
  openedBy = null;
}

// Private

let openedBy: HTMLElement | null = null;
