import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import type { HostReading } from '../engine.ts';

/** Reads the machine, or what of it our control group may use when that is less. */
export function createHostReader(): () => HostReading {
  const groups = memoryGroups();
  let previous: CpuTicks | undefined;

  return () => {
    const meminfo = readFileSync('/proc/meminfo', 'utf8');
    let memoryBytes = amount(meminfo, 'MemTotal:') * 1024;
    let freeMemoryBytes = amount(meminfo, 'MemAvailable:') * 1024;
    for (const group of groups) {
      const limit = Number(read(group.limit));
      // Without a limit, version 2 says "max" and version 1 a number beyond any machine.
      if (!Number.isFinite(limit) || limit <= 0 || limit >= memoryBytes) continue;
      const used = Number(read(group.used)) - amount(read(group.stat), group.reclaimable);
      memoryBytes = limit;
      freeMemoryBytes = Math.max(0, Math.min(freeMemoryBytes, limit - used));
    }
    const now = cpuTicks();
    const cpu = previous && now.all > previous.all ? shareBusy(previous, now) : null;
    previous = now;
    return { cores: availableParallelism(), memoryBytes, freeMemoryBytes, cpu };
  };
}

// Private

interface MemoryGroup {
  readonly limit: string;
  readonly used: string;
  readonly stat: string;
  /** The line of `stat` with file pages the kernel gives back when asked. */
  readonly reclaimable: string;
}

/** Our control group and all above it, of either version; where a container hides them, its root. */
function memoryGroups(): readonly MemoryGroup[] {
  const groups: MemoryGroup[] = [];
  for (const line of read('/proc/self/cgroup').split('\n')) {
    const [number, controllers, ...rest] = line.split(':');
    const second = number === '0' && controllers === '';
    if (!second && controllers !== 'memory') continue;
    for (let path = rest.join(':') || '/'; ; path = dirname(path)) {
      const folder = join(second ? '/sys/fs/cgroup' : '/sys/fs/cgroup/memory', path);
      const group: MemoryGroup = {
        limit: join(folder, second ? 'memory.max' : 'memory.limit_in_bytes'),
        used: join(folder, second ? 'memory.current' : 'memory.usage_in_bytes'),
        stat: join(folder, 'memory.stat'),
        reclaimable: second ? 'inactive_file' : 'total_inactive_file',
      };
      if (existsSync(group.limit)) groups.push(group);
      if (path === '/' || path === '.') break;
    }
  }
  return groups;
}

interface CpuTicks {
  readonly all: number;
  readonly idle: number;
}

function cpuTicks(): CpuTicks {
  const line = read('/proc/stat').split('\n', 1)[0] as string;
  // user nice system idle iowait irq softirq steal; guests are in user already.
  const ticks = line.trim().split(/\s+/).slice(1, 9).map(Number);
  const all = ticks.reduce((total, value) => total + value, 0);
  return { all, idle: (ticks[3] ?? 0) + (ticks[4] ?? 0) };
}

/** Clamped because iowait is known to run backwards at times. */
function shareBusy(before: CpuTicks, now: CpuTicks): number {
  const idle = (now.idle - before.idle) / (now.all - before.all);
  return Math.min(1, Math.max(0, 1 - idle));
}

function amount(text: string, name: string): number {
  const line = text.split('\n').find((line) => line.startsWith(`${name} `));
  return Number(line?.slice(name.length).trim().split(' ')[0] ?? 0);
}

/** Empty when it cannot be read: a group may vanish while we look. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
