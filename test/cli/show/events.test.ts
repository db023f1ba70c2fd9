import picocolors from 'picocolors';
import { describe, expect, it } from 'vitest';
import { eventsText } from '../../../src/cli/show/events.ts';
import { shownWidth } from '../../../src/cli/show/shown-width.ts';
import type { WireEvent } from '../../../src/server/wire/record.ts';

const plain = picocolors.createColors(false);
const NOW = new Date(2026, 10, 21, 12).getTime();

function anEvent(over: Partial<WireEvent>): WireEvent {
  return {
    seq: 1204,
    ts: new Date(2026, 10, 21, 11).toISOString(),
    event_type: 'run_ended',
    actor: { kind: 'runner', id: null },
    agent_id: 'release-notes-writer',
    run_id: 'run_01m7yh9cvasakqygqb3h48m0v4',
    proposal_id: null,
    payload: { reason: 'exit code 0', status: 'succeeded', exit_code: 0, note: 'あ'.repeat(50) },
    ...over,
  } as WireEvent;
}

const EVENTS = [
  anEvent({}),
  anEvent({
    seq: 7,
    event_type: 'audit_flag_self_approve_attempt',
    ts: new Date(2026, 10, 20).toISOString(),
  }),
  anEvent({ seq: 6, proposal_id: 'prp_01m7yh9cvasakqygqb3h4abcde', ts: new Date(2025, 0, 1).toISOString() }),
  anEvent({ seq: 1, event_type: 'rules_accepted', agent_id: null, run_id: null, payload: { hash: 'x\ny' } }),
];

describe('events', () => {
  it.each([80, 120, 200])('have a line each at %d columns, with the end of an id', (width) => {
    const lines = eventsText(EVENTS, {}, NOW, plain, width).split('\n');
    expect(lines).toHaveLength(EVENTS.length);
    for (const line of lines) expect(shownWidth(line)).toBeLessThanOrEqual(width);
    expect(lines[0]).toMatch(/^1204 +11:00:00 {2}run_ended {2}.*release-notes-.* …48m0v4/);
    expect(lines[1]).toMatch(/^ {3}7 +11-20 00:00:00 {2}audit_flag_self/);
    expect(lines[2]).toMatch(/^ {3}6 {2}2025-01-01 00:00:00 .*…4abcde/);
  });

  it('say as much as fits, and no summary where there is no room for one', () => {
    const [line] = eventsText([anEvent({})], {}, NOW, plain, 80).split('\n');
    expect(line).toMatch(/…48m0v4 {2}exit code 0 · succeed.*…$/);
    const charged = anEvent({ payload: { reservation_id: 'rsv_01m7yh9cvasakqygqb3h4zzzzz' } });
    expect(eventsText([charged], {}, NOW, plain, 80)).toMatch(/ {2}reservation id …4zzzzz$/);
    const bare = eventsText([anEvent({ event_type: 'x'.repeat(40) })], {}, NOW, plain, 80);
    expect(bare).toMatch(/…48m0v4$/);
  });

  it('are whole in a pipe', () => {
    const lines = eventsText(EVENTS, {}, NOW, plain, Number.POSITIVE_INFINITY).split('\n');
    expect(lines[0]).toContain('2026-11-21 11:00:00  run_ended');
    expect(lines[0]).toContain('release-notes-writer run_01m7yh9cvasakqygqb3h48m0v4');
    expect(lines[0]).toContain(`note ${'あ'.repeat(50)}`);
    expect(lines[2]).toContain('prp_01m7yh9cvasakqygqb3h4abcde');
    expect(lines[3]).not.toContain('x\ny');
  });

  it('say of what there is none', () => {
    const none = (filter: Parameters<typeof eventsText>[1]) => eventsText([], filter, NOW, plain, 80);
    expect(none({})).toContain('No event yet.');
    const since = new Date(2026, 10, 21).toISOString();
    expect(none({ event_type: 'budget_*', agent_id: 'noop', run_id: 'run_1', since })).toBe(
      'No event of type budget_*, of noop, in run_1, since 2026-11-21 00:00:00.',
    );
  });
});
