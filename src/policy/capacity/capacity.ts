import type { SloSpec } from '../../spec/spec.ts';
import type { Capacity } from '../learned.ts';
import type { CapacityLearner, LearnedScale } from '../learner.ts';
import type { Belief } from './belief.ts';
import { beliefOf } from './belief.ts';
import { createCeiling } from './ceiling.ts';
import type { Flow } from './flow.ts';
import { createFlow } from './flow.ts';
import { fewestFor, latencyAt } from './latency-at.ts';
import { createParting } from './parting.ts';
import { createShown } from './shown.ts';
import { createSpell } from './spell.ts';
import { createStrain } from './strain.ts';
import { createUnloaded } from './unloaded.ts';

/**
 * Learns what one replica can do within the promised latency. Each moment is one of three:
 *
 * - *crowded*: work waits for replicas. Latency then tells of the backlog and not of the load, and is not looked at; what is
 *   finished is all a replica can do, where that was so for the whole window.
 * - *settling*: just after that. The window still holds it, and nothing is learned.
 * - *steady*: the latency belongs to the load, and the load to what holds or breaks the promise.
 *
 * Without an slo there is no promise, and nothing to learn.
 */
export function createCapacityLearner({
  slo: given,
  windowMs,
  places = null,
}: LearnedScale): CapacityLearner {
  if (!given) return { observe() {}, revised() {}, read: () => null };
  const slo: SloSpec = given;
  const flows = createFlow(windowMs);
  const unloaded = createUnloaded();
  const ceiling = createCeiling();
  const parting = createParting();
  const shown = createShown(windowMs, slo);
  const full = createStrain(windowMs, 'more');
  const slow = createStrain(windowMs, 'faster');
  const latencyOf = latencyAt(slo.percentile);
  const fewestRequests = fewestFor(slo.percentile);
  const fewest = (fewestRequests * 1000) / windowMs;
  const spell = createSpell();
  const unbalance = createUnbalance();
  let crowdedSince: number | null = null;
  /** Since then. */
  let arrived = 0;
  let settledAt = -Infinity;
  let priorRps: number | null = null;
  let insideMs: number | null = null;
  let ready = 0;
  let agedAt: number | null = null;
  let stockAt = -Infinity;
  let toldAt = -Infinity;
  let answer: Capacity | null = null;

  const waitsAtGateway = ({ waitMs }: Flow): boolean => waitMs >= CROWDED * slo.latencyMs;
  const crowded = (flow: Flow): boolean =>
    waitsAtGateway(flow) || (flow.stayMs >= slo.latencyMs / 2 && unbalance(flow) > UNBALANCED);

  const begins = (): void => {
    // What was known before the spell is what is gone back to.
    if (spell.isOn) return;
    ceiling.mark();
    spell.begin(Math.max(parting.read().held?.rps ?? 0, ceiling.rps ?? 0));
  };

  const forgetSpell = (): void => {
    ceiling.undo();
    parting.retract();
    full.forget();
    slow.forget();
  };

  const inCrowd = (flow: Flow): void => {
    spell.broken();
    crowdedSince ??= flow.at;
    arrived += (flow.arrivingRps * flow.spanMs) / 1000;
    // A deploy may have to be waited for longer.
    settledAt = Math.max(settledAt, flow.at + windowMs);
    // A few that waited for one to start, after a sleep, show no limit.
    if (flow.at - crowdedSince < windowMs * MOST_OF_IT || arrived < fewestRequests) return;
    const atGateway = waitsAtGateway(flow);
    const least = atGateway ? flow.leastWaitMs : flow.leastStayMs;
    if (least < THROUGHOUT * slo.latencyMs) return;
    const isBrief = flow.at - crowdedSince < BRIEF_WINDOWS * windowMs;
    if (atGateway && isBrief && shown.hasRoom(flow)) return;
    const verdict = full.observe(flow, flow.stayMs, answer?.rps ?? null);
    if (verdict === 'begun') begins();
    if (verdict === 'found-unmoved') ceiling.undo();
    if (verdict === 'begun' || verdict === 'goes-on') {
      spell.strained(flow);
      ceiling.observe(flow.perReplicaRps, flow.spanMs / 1000);
      if (atGateway) insideMs = (flow.inService * 1000) / Math.max(flow.perReplicaRps, 1e-3);
    }
  };

  const inSteady = (flow: Flow, latencyMs: number | null): void => {
    const seconds = Math.min(flow.spanMs, windowMs) / 1000;
    unloaded.observe(flow, latencyMs);
    full.calm(flow);
    if (latencyMs === null) return;
    if (latencyMs <= slo.latencyMs) {
      const ended = spell.kept(flow);
      if (ended === 'over') forgetSpell();
      if ((slow.calm(flow) && !spell.isOn) || ended === 'stays') parting.settle();
      ceiling.raise(flow.offeredRps, seconds);
      parting.good(flow.offeredRps, latencyMs, seconds);
      return;
    }
    spell.broken();
    const verdict = slow.observe(flow, latencyMs, answer?.rps ?? null);
    // What is slow between two queues is of the same strain: what was known before it is remembered already.
    if (verdict === 'begun' && !full.isOn) begins();
    if (verdict === 'found-unmoved') parting.retract();
    if (verdict === 'begun' || verdict === 'goes-on') {
      spell.strained(flow);
      parting.bad(flow.offeredRps, seconds);
      shown.broken(flow.offeredRps);
    }
  };

  return {
    observe(observation) {
      if (observation.at < toldAt) beginAgain(observation.at);
      toldAt = observation.at;
      const flow = flows.next(observation);
      if (!flow) {
        crowdedSince = null;
        arrived = 0;
        return;
      }
      ready = flow.readyNow;
      agedAt ??= flow.at;
      if (flow.at - agedAt >= AGE_EVERY_MS) {
        parting.age((flow.at - agedAt) / 1000);
        agedAt = flow.at;
      }
      const latencyMs = flow.arrivingRps >= fewest ? latencyOf(observation) : null;
      shown.observe(flow, latencyMs);
      if (crowded(flow)) {
        inCrowd(flow);
      } else {
        crowdedSince = null;
        arrived = 0;
        if (flow.at >= settledAt) inSteady(flow, latencyMs);
      }
      takeStock(flow.at);
    },
    revised(at) {
      settledAt = Math.max(settledAt, at + COLD_MS + windowMs);
      unloaded.doubt();
      ceiling.doubt();
      parting.doubt();
      shown.forget();
      full.forget();
      slow.forget();
      spell.forget();
      priorRps = answer?.rps ?? null;
      insideMs = null;
      if (answer) answer = { ...answer, confidence: Math.min(answer.confidence, DOUBTED) };
    },
    read: () => answer,
  };

  /** The clock was set back: what was waited for would come as much later. */
  function beginAgain(at: number): void {
    full.forget();
    slow.forget();
    settledAt = at + windowMs;
    agedAt = null;
  }

  function takeStock(now: number): void {
    const idle = answer !== null && now >= stockAt && now - stockAt < STOCK_EVERY_MS;
    if (idle) return;
    stockAt = now;
    const belief = beliefOf(
      {
        ...parting.read(),
        places,
        serviceMs: unloaded.serviceMs,
        idleLatencyMs: unloaded.latencyMs,
        cpuPerRps: unloaded.cpuPerRps,
        busiestCpu: unloaded.busiestCpu,
        ceilingRps: ceiling.rps,
        ceilingS: ceiling.seenS,
        insideMs,
        ready,
        priorRps,
        shownRps: shown.rps,
      },
      slo,
    );
    answer = belief && published(answer, belief);
  }

  /** Numbers that hardly differ are one: the count must not follow their noise. */
  function published(before: Capacity | null, { rps, confidence, basis }: Belief): Capacity {
    // What all it can do comes to is no matter of latency.
    const leastSlow = Math.min(slow.leastRps, ceiling.rps ?? Infinity);
    const believed = Math.max(rps, full.leastRps, leastSlow);
    const unmoved = full.unmoved ?? slow.unmoved;
    const same = before !== null && Math.abs(believed - before.rps) < SAME * before.rps;
    return {
      rps: same ? before.rps : believed,
      confidence,
      basis: believed > rps && before ? before.basis : basis,
      ...(unmoved && { unmoved }),
    };
  }
}

// Private

/** This part of the promise spent in the queue: all places have been taken for a while. */
const CROWDED = 0.25;
/** A queue that begins at once is not seen to begin at either end of the window. */
const MOST_OF_IT = 0.8;
/** At both ends of the window as well, or part of it was not. */
const THROUGHOUT = 0.1;
/** What came and went within one is in their means so long at most. */
const BRIEF_WINDOWS = 2;
/** So much more comes than leaves, or leaves than comes. */
const UNBALANCED = 0.1;
const SAME = 0.04;
/** Replicas of a new revision are slow at first: what their latency is then says nothing of the load. */
const COLD_MS = 30_000;
const DOUBTED = 0.1;
const STOCK_EVERY_MS = 2_000;
const AGE_EVERY_MS = 10 * 60_000;

/** How much of what comes does not leave, or leaves without having come, smoothed over some seconds. */
function createUnbalance(): (flow: Flow) => number {
  let share = 0;
  return ({ arrivingRps, finishedRps, spanMs }) => {
    const now = (arrivingRps - finishedRps) / Math.max(arrivingRps, finishedRps, 1e-3);
    share += (now - share) * (1 - Math.exp(-spanMs / SMOOTH_MS));
    return Math.abs(share);
  };
}

const SMOOTH_MS = 5_000;
