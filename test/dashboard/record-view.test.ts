import { describe, expect, it } from 'vitest';
import { diffLines } from '../../src/server/dashboard/client/diff-lines.ts';
import { addEvents, filterEvents, isFlag, touchedBy } from '../../src/server/dashboard/client/event-log.ts';
import { eventSummary } from '../../src/server/dashboard/client/event-summary.ts';
import { linkHealth } from '../../src/server/dashboard/client/link-health.ts';
import { anEvent } from './wire-samples.ts';

describe('the newest events', () => {
  it('are in order, without repeats, and no more than the bound', () => {
    const log = addEvents([anEvent(3), anEvent(2)], [anEvent(5), anEvent(3), anEvent(4)], 3);
    expect(log.map((event) => event.seq)).toEqual([5, 4, 3]);
  });

  it('are filtered by how the type begins, with or without a star, and by agent', () => {
    const log = [
      anEvent(3, { event_type: 'audit_flag_forged_decision', agent_id: 'noop' }),
      anEvent(2, { event_type: 'run_started' }),
      anEvent(1, { event_type: 'run_ended', agent_id: 'noop' }),
    ];
    const seqs = (prefix: string, agent: string) =>
      filterEvents(log, prefix, agent).map((event) => event.seq);
    expect(seqs('', '')).toEqual([3, 2, 1]);
    expect(seqs('run_', '')).toEqual([2, 1]);
    expect(seqs(' Run_* ', 'noop')).toEqual([1]);
    expect(isFlag('audit_flag_forged_decision')).toBe(true);
    expect(isFlag('proposal_submitted')).toBe(false);
  });

  it('each make the page read again what they touch, and always the health', () => {
    expect(touchedBy('proposal_submitted')).toEqual(expect.arrayContaining(['status', 'pending', 'recent']));
    expect(touchedBy('action_unknown')).toContain('unknown');
    expect(touchedBy('rules_accepted')).toContain('changes');
    expect(touchedBy('something_new')).toContain('status');
  });
});

describe('one line about an event', () => {
  it('names the reason first, writes money as money and leaves nested things out', () => {
    expect(
      eventSummary({ input: { a: 1 }, posted_micro_usd: 1_500_000, posted_usd: 1.5, reason: 'over the cap' }),
    ).toBe('reason over the cap · posted $1.50');
  });

  it('says what a cap in dollars has in dollars, and what another has as a count', () => {
    const at = { scope: 'run', limit: 500_000, posted: 400_088, share: 0.8 };
    expect(eventSummary({ ...at, cap: 'run_usd' })).toMatch(
      /^cap run_usd · scope run · limit \$0\.50 · posted \$0\.40/,
    );
    expect(eventSummary({ cap: 'run_usd', limit: 125_000, usd_micro_usd: 125_000 })).toBe(
      'cap run_usd · limit $0.125 · usd $0.125',
    );
    expect(eventSummary({ ...at, cap: 'run_tokens' })).toContain('limit 500,000 · posted 400,088');
  });

  it('copes with any payload', () => {
    expect([null, undefined, 'text', 7, [1, 2], {}].map(eventSummary)).toEqual([
      '',
      '',
      'text',
      '7',
      '2 items',
      '',
    ]);
    expect(eventSummary({ detail: `${'x'.repeat(79)}😀tail` })).toBe(`detail ${'x'.repeat(79)}…`);
  });
});

describe('a difference of rules', () => {
  it('tells added, removed and unchanged lines, and a removed line that looks like a file name', () => {
    const kinds = diffLines(
      '--- a\n+++ b\n@@ -1 +1 @@\n same\n--- x\n+y\n\\ No newline at end of file\n',
    ).map((line) => line.kind);
    expect(kinds).toEqual(['place', 'same', 'removed', 'added', 'place']);
  });
});

describe('what the page says of itself', () => {
  it('is live only while the stream is open and the server answers', () => {
    expect(linkHealth({ phase: 'live' }, 10_000, 12_000).is).toBe('live');
    expect(linkHealth({ phase: 'live' }, 10_000, 30_000)).toEqual({
      is: 'offline',
      sinceMs: 10_000,
      retryInMs: null,
      isLasting: true,
    });
    expect(linkHealth({ phase: 'connecting' }, 0, 30_000).is).toBe('connecting');
    const broken = { phase: 'offline', sinceMs: 5, retryAtMs: 2000 } as const;
    expect(linkHealth({ ...broken, tries: 1 }, 10, 1500)).toEqual({
      is: 'offline',
      sinceMs: 5,
      retryInMs: 500,
      isLasting: false,
    });
    expect(linkHealth({ ...broken, tries: 3 }, 10, 1500)).toMatchObject({ isLasting: true });
  });
});
