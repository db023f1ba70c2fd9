import { describe, expect, it } from 'vitest';
import { createRefresher } from '../../src/server/dashboard/client/refresher.ts';
import { slotViews, spendSentence, spendTotal } from '../../src/server/dashboard/client/spend-history.ts';
import type { WireSpend } from '../../src/server/wire/spend.ts';

function spendOf(per: 'hour' | 'day', figures: readonly number[]): WireSpend {
  const length = per === 'hour' ? 3_600_000 : 86_400_000;
  const start = Date.UTC(2026, 10, 20);
  const over = { spent_micro_usd: figures, tokens: figures.map((each) => each * 2) };
  return {
    per,
    timezone: 'UTC',
    slots: figures.map((_, index) => ({
      from: new Date(start + index * length).toISOString(),
      to: new Date(start + (index + 1) * length).toISOString(),
    })),
    project: over,
    items: [{ agent_id: 'writer', ...over }],
    next_cursor: null,
    as_of: new Date(start).toISOString(),
  };
}

describe('the words of a chart', () => {
  it('say the whole, the most, and when', () => {
    const spend = spendOf('day', [0, 400_000, 800_000]);
    const slots = slotViews(spend, spend.items[0]);
    // Whether a comma follows the weekday is up to the browser.
    expect(spendSentence('day', slots)).toMatch(
      /^Spend in the last 30 days: \$1\.20 in all; the most: \$0\.80, Sun,? 22 Nov\.$/,
    );
    expect(spendTotal(slots)).toBe(1_200_000);
  });

  it('say that nothing was spent, and show an agent that the answer does not have as having spent nothing', () => {
    const slots = slotViews(spendOf('hour', [1, 2]), undefined);
    expect(slots.map((slot) => slot.spentMicroUsd)).toEqual([0, 0]);
    expect(spendSentence('hour', slots)).toBe('Spend in the last 24 hours: none.');
  });

  it('name an hour by its beginning and end', () => {
    const spend = spendOf('hour', [1]);
    expect(slotViews(spend, spend.project)[0]?.name).toMatch(/^\d\d:\d\d–\d\d:\d\d$/);
  });
});

it('reads once a pace however many events touch a resource, and once more after the last of them', async () => {
  const reads: number[] = [];
  const reader = async (): Promise<void> => {
    reads.push(performance.now());
  };
  const refresher = createRefresher({ spend: reader }, () => 50);
  for (let n = 0; n < 1_000; n += 1) refresher.touch(['spend']);
  await new Promise((resolve) => setTimeout(resolve, 20));
  for (let n = 0; n < 1_000; n += 1) refresher.touch(['spend']);
  await new Promise((resolve) => setTimeout(resolve, 300));
  refresher.stop();
  expect(reads).toHaveLength(2);
  expect((reads[1] ?? 0) - (reads[0] ?? 0)).toBeGreaterThanOrEqual(45);
});
