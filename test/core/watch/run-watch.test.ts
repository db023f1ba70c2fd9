import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Detector } from '../../../src/core/watch/detector.ts';
import { errorsDetector } from '../../../src/core/watch/errors.ts';
import { repeatDetector } from '../../../src/core/watch/repeat.ts';
import { foldSignal, newRunWatch, type Verdict } from '../../../src/core/watch/run-watch.ts';
import { type RecordedEvent, signalsOf } from '../../../src/core/watch/signal.ts';
import { event, levels, result, toolCall, watchAll } from './signals.ts';

const RULES = { repeat: { warn: 3, pause: 5, kill: 8 }, errors: { warn: 2, pause: 4 }, stuckSeconds: {} };

describe('failures in a row', () => {
  it.each([
    ['x', []],
    ['xx', ['errors warn']],
    ['xxxx', ['errors warn', 'errors pause']],
    ['xoxoxo', []],
    ['xxoxx', ['errors warn', 'errors warn']],
  ])('are judged at %s with %j', (results, expected) => {
    const events = [...results].map((each) => result(each === 'o'));
    expect(levels(watchAll(events, RULES))).toEqual(expected);
  });

  it('count failed actions as well, and forget them when a person resumes', () => {
    const failed = (): RecordedEvent => event('action_failed', { action_type: 'publish_note' });
    const resumed = event('run_resumed', {}, { actorKind: 'operator' });
    expect(levels(watchAll([failed(), result(false)], RULES))).toEqual(['errors warn']);
    expect(levels(watchAll([failed(), resumed, result(false)], RULES))).toEqual([]);
  });
});

describe('the verdicts of a run', () => {
  it('are open until they stand in the record, and a stronger one takes the place of a weaker', () => {
    const calls = [...Array(5)].map(() => toolCall('A'));
    const { watch } = watchAll(calls, RULES);
    expect(watch.open.map(({ level }) => level)).toEqual(['pause']);
    const subject = watch.open[0]?.subject;
    const recorded = event('watchdog_pause', { rule: 'repeat', subject });
    expect(watchAll([recorded], RULES, watch).watch.open).toEqual([]);
  });

  it('do not suffer from a detector that throws: the others go on, and the fault is given', () => {
    const broken: Detector = {
      rule: 'broken',
      fold: () => {
        throw new Error('a bug');
      },
    };
    let watch = newRunWatch([broken, repeatDetector(), errorsDetector()]);
    const faults: string[] = [];
    for (const signal of [...Array(5)].flatMap(() => signalsOf(toolCall('A')))) {
      if (signal.kind !== 'action') continue;
      const folded = foldSignal(watch, signal, RULES);
      watch = folded.watch;
      faults.push(...folded.faults.map(({ rule }) => rule));
    }
    expect(faults).toEqual(Array(5).fill('broken'));
    expect(watch.open.map(({ level }) => level)).toEqual(['pause']);
  });

  it('are the same with a restart anywhere in between, whether what was found was recorded or not', () => {
    const step = fc.oneof(
      {
        weight: 8,
        arbitrary: fc.constantFrom('A', 'B', 'C').map((input) => ({ kind: 'call', input }) as const),
      },
      { weight: 4, arbitrary: fc.boolean().map((ok) => ({ kind: 'result', ok }) as const) },
      { weight: 1, arbitrary: fc.constant({ kind: 'resume' } as const) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.boolean(), fc.nat(), (steps, isRecorded, cut) => {
        const record: RecordedEvent[] = [];
        let watch = newRunWatch();
        for (const each of steps) {
          const next =
            each.kind === 'call'
              ? toolCall(each.input)
              : each.kind === 'result'
                ? result(each.ok)
                : event('run_resumed', {}, { actorKind: 'operator' });
          record.push(next);
          const before = watch.open;
          watch = watchAll([next], RULES, watch).watch;
          for (const verdict of isRecorded ? watch.open.filter((one) => !before.includes(one)) : []) {
            const made = recordOf(verdict);
            if (made === null) continue;
            record.push(made);
            watch = watchAll([made], RULES, watch).watch;
          }
        }
        const at = record.length === 0 ? 0 : cut % record.length;
        const again = watchAll(record.slice(at), RULES, watchAll(record.slice(0, at), RULES).watch);
        expect(again.watch.open).toEqual(watch.open);
        expect(watchAll(record, RULES).watch.open).toEqual(watch.open);
      }),
      { seed: 20_261_120, numRuns: 300 },
    );
  });

  it('find any action that comes often enough among the last ones, whatever lies between', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...'ABCDEFGH'), { maxLength: 50 }), (inputs) => {
        const counts = new Map<string, number>();
        for (const input of inputs) counts.set(input, (counts.get(input) ?? 0) + 1);
        const { found } = watchAll(
          inputs.map((input) => toolCall(input)),
          RULES,
        );
        for (const [input, count] of counts) {
          const of = found.filter(({ subject }) => subject === `tool:Bash#${input}`);
          const expected = (['warn', 'pause', 'kill'] as const).filter(
            (level) => count >= RULES.repeat[level],
          );
          expect(of.map(({ level }) => level)).toEqual(expected);
        }
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});

function recordOf({ rule, level, subject }: Verdict): RecordedEvent | null {
  if (level === 'kill') return null;
  return event(level === 'warn' ? 'watchdog_warning' : 'watchdog_pause', { rule, subject });
}
