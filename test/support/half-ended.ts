import { spawnSync } from 'node:child_process';

/**
 * For `perl -e`: its first thread ends 0.3 s before the other, so it shows nothing of itself and holds what it has, as one
 * does whose memory the kernel takes. Does `first` before that.
 */
export function halfEnded(first: string): string {
  return `
  use threads;
  use IO::Socket::INET;
  ${first}
  threads->create(sub { select(undef, undef, undef, 0.3) })->detach;
  $| = 1;
  print "$$\\n";
  syscall(${process.arch === 'arm64' ? 93 : 60}, 0);`;
}

/** Why such a program cannot be had, or false. */
export const noHalfEnded =
  spawnSync('perl', ['-Mthreads', '-e', '1']).status !== 0 && 'perl has no threads here';
