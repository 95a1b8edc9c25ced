import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../../test/support/property.ts';
import type { BreakerChange, BreakerMemory } from './breaker.ts';
import { conditionsOf, freshBreaker, stepBreaker } from './breaker.ts';
import type { SeenReplica } from './ejection.ts';

const SPEC = { errors: 0.5, windowMs: 10_000 };
const LOOK_MS = 250;
const T0 = 1_700_000_000_000;

/** How replicas behave in one look: how many requests each answers, and how many of them fail. */
type Behaviour = Readonly<Record<string, { requests: number; errors: number; healthy?: boolean }>>;

/** Plays looks and routes like the gateway: nobody asks who is out or while the circuit is open, but for trials. */
function play(ids: readonly string[], lookMs = LOOK_MS) {
  let memory: BreakerMemory = freshBreaker(T0);
  let now = T0;
  const used = new Set<number>();
  const log: (BreakerChange & { at: number })[] = [];
  let failed = 0;
  const look = (behaves: Behaviour, present: readonly string[] = ids): void => {
    const { circuit, trial, ejected } = conditionsOf(memory);
    const once = (number: number): boolean => !used.has(number) && Boolean(used.add(number));
    const asks = (id: string | undefined): boolean => (behaves[id ?? '']?.requests ?? 0) > 0;
    const serving = present.filter((id) => !ejected.has(id));
    const next = serving[now % Math.max(1, serving.length)];
    const chosen = circuit.kind === 'trial' && asks(next) && once(circuit.number) ? next : null;
    const tried = trial && asks(trial.replica) && once(trial.number) ? trial.replica : null;
    const seen = present.map((id): SeenReplica => {
      const { requests, errors, healthy = true } = behaves[id] ?? { requests: 0, errors: 0 };
      const one = id === tried || id === chosen;
      const all = circuit.kind === 'closed' && !ejected.has(id);
      const asked = requests === 0 ? 0 : one ? 1 : all ? requests : 0;
      const wrong =
        asked === 1 && requests > 1 ? Math.round(errors / requests) : Math.min(errors, asked);
      failed += wrong;
      return { id, attempts: { requests: asked, errors: wrong }, inFlight: 0, healthy };
    });
    now += lookMs;
    const step = stepBreaker(memory, seen, SPEC, now);
    // What is remembered survives being written down.
    memory = JSON.parse(JSON.stringify(step.memory)) as BreakerMemory;
    log.push(...step.changes.map((change) => ({ ...change, at: now })));
  };
  return {
    look,
    log,
    get memory() {
      return memory;
    },
    get now() {
      return now;
    },
    get failed() {
      return failed;
    },
    /** Looks for so long; returns what changed, as words. */
    during(seconds: number, behaves: Behaviour, present = ids): readonly string[] {
      const before = log.length;
      for (let at = 0; at < seconds * 1000; at += lookMs) look(behaves, present);
      return log.slice(before).map(words);
    },
    out: (): readonly string[] => [...conditionsOf(memory).ejected].sort(),
    setClock: (to: number) => void (now = to),
  };
}

function words(change: BreakerChange): string {
  if (change.kind === 'circuit') return change.circuit.state;
  return `${change.replica} ${change.kind === 'back' ? 'back' : 'out'}`;
}

const good = { requests: 10, errors: 0 };
const bad = { requests: 10, errors: 10 };
const idle = { requests: 0, errors: 0 };

test('a replica that errs beside others that do not is held out, each time twice as long up to five minutes, and tried with one request', () => {
  const world = play(['a', 'b', 'c']);
  world.during(1200, { a: bad, b: good, c: good });
  const holds = world.log.map((change, index) => {
    assert.equal(words(change), 'a out');
    const next = world.log[index + 1];
    return next ? Math.round((next.at - change.at) / 1000) : null;
  });
  assert.deepEqual(holds.slice(0, 7), [10, 20, 40, 80, 160, 300, 300]);
  // Ten within the first look, then one for each trial.
  assert.equal(world.failed, 10 + world.log.length - 1);
});

test('a replica whose trial went well is back at once, and remembers for as long as its hold was', () => {
  const world = play(['a', 'b']);
  assert.deepEqual(world.during(5, { a: bad, b: good }), ['a out']);
  assert.deepEqual(world.during(30, { a: good, b: good }), ['a back']);
  const [out, back] = world.log;
  assert.ok(back && out && back.at - out.at >= 10_000 && back.at - out.at <= 11_000);
  assert.equal(world.memory.replicas.a?.times, 1);
  world.during(31, { a: good, b: good });
  assert.equal(world.memory.replicas.a?.times, 0);
});

test('where nobody asks the trial waits, and the replica stays out', () => {
  const world = play(['a', 'b']);
  world.during(2, { a: bad, b: good });
  assert.deepEqual(world.during(600, { a: idle, b: idle }), []);
  assert.deepEqual(world.out(), ['a']);
  assert.deepEqual(world.during(1, { a: good, b: good }), ['a back']);
});

test('a trial whose request never arrives is given anew after ten seconds, to whoever waits longest', () => {
  const world = play(['a', 'b', 'c', 'd']);
  world.during(2, { a: bad, b: bad, c: good, d: good });
  const tried: string[] = [];
  const numbers = new Set<number>();
  for (let second = 0; second < 60; second++) {
    world.during(1, { c: good, d: good });
    const { trial } = conditionsOf(world.memory);
    if (trial && !numbers.has(trial.number)) tried.push(trial.replica);
    if (trial) numbers.add(trial.number);
  }
  assert.ok(tried.length >= 4, tried.join(' '));
  assert.ok(tried.every((replica, index) => replica !== tried[index + 1]));
});

test('a half-open circuit whose request never arrives lets another one through after ten seconds', () => {
  const world = play(['a']);
  world.during(6, { a: bad });
  const numbers = new Set<number>();
  for (let second = 0; second < 31; second++) {
    world.during(1, { a: idle });
    const { circuit } = conditionsOf(world.memory);
    if (circuit.kind === 'trial') numbers.add(circuit.number);
  }
  assert.ok(numbers.size >= 3 && numbers.size <= 4, `${numbers.size}`);
});

test('a few failures, or a share that is allowed, take nobody out', () => {
  const few = play(['a', 'b']);
  few.look({ a: { requests: 4, errors: 4 }, b: good });
  assert.deepEqual(few.during(5, { a: idle, b: good }), []);
  const allowed = play(['a', 'b']);
  assert.deepEqual(allowed.during(60, { a: { requests: 10, errors: 5 }, b: good }), []);
});

test('one that was well for long and fails everything now is seen at the second look, one that fails half of it is not', () => {
  const world = play(['a', 'b']);
  world.during(60, { a: good, b: good });
  assert.deepEqual(world.during(0.25, { a: { requests: 10, errors: 6 }, b: good }), []);
  assert.deepEqual(world.during(0.25, { a: bad, b: good }), ['a out']);
  assert.match(JSON.stringify(world.log), /the last 10 attempts failed/);
  const half = play(['a', 'b']);
  half.during(60, { a: good, b: good });
  assert.deepEqual(half.during(60, { a: { requests: 10, errors: 5 }, b: good }), []);
});

test('where all that were well for long fail everything now the circuit opens at once, and nobody is taken out for it', () => {
  const world = play(['a', 'b']);
  world.during(60, { a: good, b: good });
  assert.deepEqual(world.during(0.25, { a: bad, b: bad }), ['open']);
});

test('at most half are out, and never the only one', () => {
  const world = play(['a', 'b', 'c', 'd']);
  world.during(1, { a: bad, b: bad, c: bad, d: good });
  assert.equal(world.out().length, 2);
  const alone = play(['a']);
  assert.deepEqual(alone.during(1, { a: bad }), ['open']);
  assert.deepEqual(alone.out(), []);
});

test('where all err nobody is taken out: the circuit opens, and each time for longer up to a minute', () => {
  const world = play(['a']);
  world.during(400, { a: bad });
  const opened = world.log.filter(
    (change) => change.kind === 'circuit' && change.circuit.state === 'open',
  );
  const waits = opened
    .slice(1)
    .map(({ at }, index) => Math.round((at - (opened[index]?.at ?? 0)) / 1000));
  assert.deepEqual(waits.slice(0, 6), [5, 10, 20, 40, 60, 60]);
  assert.equal(world.failed, 10 + opened.length - 1);
});

test('two replicas that err alike: the circuit opens, both are in, and three good answers in a row close it', () => {
  const world = play(['a', 'b']);
  assert.deepEqual(world.during(2, { a: bad, b: bad }), ['open']);
  assert.deepEqual(world.during(10, { a: good, b: good }), ['half-open', 'closed']);
  assert.deepEqual(world.out(), []);
});

test('when the one that did better begins to err, whoever was out before gets its chance', () => {
  const world = play(['a', 'b']);
  world.during(2, { a: bad, b: good });
  assert.deepEqual(world.out(), ['a']);
  world.during(30, { a: good, b: bad });
  assert.equal(world.memory.circuit.state, 'closed');
  assert.deepEqual(world.out(), ['b']);
});

test('while a circuit is half-open and nobody asks, the gateway is told to go on refusing, and ten seconds ahead at most', () => {
  const world = play(['a']);
  world.during(2, { a: bad });
  for (let second = 0; second < 120; second++) {
    world.during(1, { a: idle });
    const { circuit } = conditionsOf(world.memory);
    assert.ok(circuit.kind !== 'closed' && circuit.untilS > world.now / 1000);
    assert.ok(circuit.untilS <= world.now / 1000 + 11);
  }
  assert.equal(world.memory.circuit.state, 'half-open');
});

test('one that is out comes back when too few others are left, and when none of them passes its checks', () => {
  const world = play(['a', 'b']);
  world.during(2, { a: bad, b: good });
  assert.deepEqual(world.during(1, { a: idle }, ['a']), ['a back']);
  const other = play(['a', 'b']);
  other.during(2, { a: bad, b: good });
  assert.deepEqual(other.during(1, { a: idle, b: { ...idle, healthy: false } }), ['a back']);
});

test('a circuit closes when no replica is left: nothing could try it', () => {
  const world = play(['a']);
  world.during(1, { a: bad });
  assert.deepEqual(world.during(1, {}, []), ['closed']);
});

test('a clock that was set back by a day holds nobody out for a day', () => {
  const world = play(['a', 'b']);
  world.during(2, { a: bad, b: good });
  const alone = play(['a']);
  alone.during(2, { a: bad });
  for (const each of [world, alone]) {
    each.setClock(T0 - 86_400_000);
    each.during(30, { a: good, b: good });
    assert.deepEqual(each.out(), []);
    assert.equal(each.memory.circuit.state, 'closed');
  }
});

test('a replica that errs half of the time while /health lies costs ever fewer requests', () => {
  const world = play(['a', 'b', 'c']);
  const perMinute: number[] = [];
  for (let minute = 0; minute < 30; minute++) {
    const before = world.failed;
    world.during(60, { a: { requests: 10, errors: 9 }, b: good, c: good });
    perMinute.push(world.failed - before);
  }
  assert.ok((perMinute[0] ?? 0) <= 15, perMinute.join(' '));
  assert.ok(
    perMinute.slice(10).every((lost) => lost <= 2),
    perMinute.join(' '),
  );
});

const behaviour = fc.record({
  requests: fc.integer({ min: 0, max: 20 }),
  share: fc.constantFrom(0, 0.1, 0.4, 0.6, 1),
  healthy: fc.boolean(),
});
const script = fc.array(
  fc.record({
    seconds: fc.integer({ min: 1, max: 40 }),
    replicas: fc.array(behaviour, { minLength: 1, maxLength: 6 }),
  }),
  { minLength: 1, maxLength: 8 },
);

test('whatever replicas do: never more than half are out, never all that work, each change is told once, and all can come back', () => {
  fc.assert(
    fc.property(script, (steps) => {
      const names = ['a', 'b', 'c', 'd', 'e', 'f'];
      const world = play(names, 1_000);
      for (const { seconds, replicas } of steps) {
        const present = names.slice(0, replicas.length);
        const behaves = Object.fromEntries(
          replicas.map(({ requests, share, healthy }, index) => [
            names[index],
            { requests, errors: Math.round(requests * share), healthy },
          ]),
        ) as Behaviour;
        for (let second = 0; second < seconds; second++) {
          const before = { out: new Set(world.out()), circuit: world.memory.circuit.state };
          const told = world.log.length;
          world.look(behaves, present);
          const out = world.out();
          assert.ok(out.length <= present.length / 2);
          const healthy = present.filter((id) => behaves[id]?.healthy);
          if (healthy.length > 0) assert.ok(healthy.some((id) => !out.includes(id)));
          const changes = world.log.slice(told);
          for (const id of present) {
            const own = changes.filter(
              (change) => change.kind !== 'circuit' && change.replica === id,
            );
            assert.ok(own.length <= 2);
            const last = own.at(-1);
            if (last) assert.equal(last.kind === 'ejected', out.includes(id));
            else assert.equal(before.out.has(id), out.includes(id));
          }
          const turned = changes.filter(({ kind }) => kind === 'circuit').length;
          assert.equal(turned, before.circuit === world.memory.circuit.state ? 0 : 1);
        }
      }
      // All is well from now on.
      const well = Object.fromEntries(names.map((id) => [id, good]));
      world.during(400, well);
      assert.deepEqual(world.out(), []);
      assert.equal(world.memory.circuit.state, 'closed');
    }),
    { numRuns: 30 },
  );
});
