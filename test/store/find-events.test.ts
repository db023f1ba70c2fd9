import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sealEvent } from '../../src/core/audit/event.ts';
import { type EventFilter, findEvents } from '../../src/store/read/events.ts';
import { insertEvent } from '../../src/store/write/events.ts';
import { seeded } from '../counts.ts';
import { tempStore } from './temp-store.ts';

const TYPES = ['llm_call_reserved', 'llm_call_settled', 'llm_caller', 'run_started', 'run_ended'];
const AGENTS = ['a', 'b', null];

it('finds the newest events of any mix of filters, as a walk through all of them would', () => {
  const store = tempStore().open();
  const all = Array.from({ length: 150 }, (_, index) => ({
    seq: index + 1,
    tsMs: Math.floor(index / 3) * 10,
    eventType: TYPES[(index * 7) % 5] ?? '',
    agentId: AGENTS[(index * 5) % 3] ?? null,
    runId: index % 4 === 0 ? null : `run_${index % 6}`,
    proposalId: index % 9 === 0 ? `prp_${index % 2}` : null,
  }));
  for (const { seq, tsMs, ...event } of all) {
    const place = {
      seq,
      tsMs,
      hostId: 'h',
      policyHash: null,
      prevHash: '0'.repeat(64),
      salt: '0'.repeat(32),
    };
    insertEvent(store, sealEvent({ ...event, actor: { kind: 'server', id: null }, payload: {} }, place));
  }
  const maybe = <T>(...values: T[]): fc.Arbitrary<T | undefined> => fc.constantFrom(undefined, ...values);
  const filters: fc.Arbitrary<EventFilter> = fc.record({
    agentId: maybe('a', 'b', 'c'),
    runId: maybe('run_1', 'run_5', 'run_9'),
    proposalId: maybe('prp_0', 'prp_1'),
    eventType: maybe(...TYPES, '*', 'llm_*', 'llm_call_*', 'run_started*', 'x*', 'llm_call'),
    sinceMs: fc.option(fc.integer({ min: -5, max: 520 }), { nil: undefined }),
    untilMs: fc.option(fc.integer({ min: -5, max: 520 }), { nil: undefined }),
    beforeSeq: fc.option(fc.integer({ min: 0, max: 160 }), { nil: undefined }),
    limit: fc.integer({ min: 1, max: 200 }),
  });
  fc.assert(
    fc.property(filters, (filter) => {
      const { agentId, runId, proposalId, eventType, sinceMs, untilMs, beforeSeq, limit } = filter;
      const isOfType = (type: string): boolean =>
        eventType === undefined ||
        (eventType.endsWith('*') ? type.startsWith(eventType.slice(0, -1)) : type === eventType);
      const expected = all
        .filter((event) => agentId === undefined || event.agentId === agentId)
        .filter((event) => runId === undefined || event.runId === runId)
        .filter((event) => proposalId === undefined || event.proposalId === proposalId)
        .filter((event) => isOfType(event.eventType))
        .filter((event) => event.tsMs >= (sinceMs ?? -1) && event.tsMs <= (untilMs ?? 1e9))
        .filter((event) => event.seq < (beforeSeq ?? 1e9))
        .map(({ seq }) => seq)
        .reverse()
        .slice(0, limit);
      expect(findEvents(store, filter).map(({ seq }) => seq)).toEqual(expected);
    }),
    seeded(1, 500, 10_000),
  );
});
