'use strict';
/**
 * Preloaded into the user's Node programs (Node 18 or later) to report how their event loop fares, once a second, to
 * the control plane. It must never be noticed: it holds nothing open, prints nothing, throws nothing, and lives
 * without a control plane until one comes back. A blocked loop cannot report; the reader takes silence as missing.
 */
try {
  const { isMainThread } = require('node:worker_threads');
  const { TIDEGATE_AGENT_SOCKET, TIDEGATE_REPLICA, TIDEGATE_NONCE } = process.env;
  if (isMainThread && TIDEGATE_AGENT_SOCKET && TIDEGATE_REPLICA) {
    watch(TIDEGATE_AGENT_SOCKET, {
      replica: TIDEGATE_REPLICA,
      nonce: TIDEGATE_NONCE,
      pid: process.pid,
    });
  }
} catch {
  // A Node too old for this: the program runs, unwatched.
}

function watch(socketPath, greeting) {
  const { monitorEventLoopDelay, performance } = require('node:perf_hooks');
  const RESOLUTION_MS = 20;
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  let utilization = performance.eventLoopUtilization();
  let socket = null;

  const report = () => {
    const now = performance.eventLoopUtilization();
    // An idle loop reads the resolution itself, so that much is not delay.
    const p99Ms = histogram.percentile(99) / 1e6 - RESOLUTION_MS;
    const line = {
      delayP99Ms: Math.max(0, Math.round(p99Ms * 100) / 100),
      utilization: performance.eventLoopUtilization(now, utilization).utilization,
    };
    const measured = histogram.max > 0;
    utilization = now;
    histogram.reset();
    if (socket === null) {
      socket = open();
    } else if (socket.writableLength > 0) {
      // Nobody reads: an unfinished write would keep the program from ending.
      socket.destroy();
    } else if (measured && !socket.connecting) {
      socket.write(`${JSON.stringify(line)}\n`);
    }
  };

  const open = () => {
    // Only after a second of life, so that short programs start as fast as ever.
    const opened = require('node:net').connect(socketPath);
    opened.unref();
    opened.on('error', () => undefined);
    opened.on('close', () => {
      socket = null;
    });
    opened.on('connect', () => opened.write(`${JSON.stringify(greeting)}\n`));
    opened.resume();
    return opened;
  };

  const reportQuietly = () => {
    try {
      report();
    } catch {
      // The next second is another try.
    }
  };
  // One step later, because after a block this timer may run before the histogram's own, and what the block cost
  // would be reset unseen. What begins in the 20 ms after a reset is still lost.
  setInterval(() => setImmediate(reportQuietly).unref(), 1000).unref();
}
