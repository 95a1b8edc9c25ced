import { spawn } from 'node:child_process';

/** Asks the desktop to show the page; without one, or on a machine that is far away, nothing happens. */
export function openInBrowser(url: string): void {
  if (process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY'])
    return;
  const command = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const child = spawn(command, [url], { detached: true, stdio: 'ignore' });
  // The link is on the screen already.
  child.on('error', () => undefined);
  child.unref();
}
