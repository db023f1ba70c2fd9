// What a chart of spend over time says, in words: the whole, the most and when. Every chart has its text from here, so that nobody needs to
// see it.
import type { WireSpend, WireSpendOverTime } from '../../wire/spend.ts';
import { formatSpent } from './money.ts';

export type SpendPer = WireSpend['per'];

export interface SpendSlotView {
  readonly spentMicroUsd: number;
  readonly tokens: number;
  /** "14:00–15:00", "Fri 21 Nov"; by this browser's clock where it is hours. */
  readonly name: string;
}

export function slotViews(spend: WireSpend, of: WireSpendOverTime | undefined): readonly SpendSlotView[] {
  return spend.slots.map((slot, index) => ({
    spentMicroUsd: of?.spent_micro_usd[index] ?? 0,
    tokens: of?.tokens[index] ?? 0,
    name: spend.per === 'hour' ? hourName(slot.from, slot.to) : dayName(slot.from, spend.timezone),
  }));
}

export function spendTotal(slots: readonly SpendSlotView[]): number {
  return slots.reduce((sum, slot) => sum + slot.spentMicroUsd, 0);
}

/** "Spend in the last 24 hours: $1.20 in all; the most: $0.40, 14:00–15:00." */
export function spendSentence(per: SpendPer, slots: readonly SpendSlotView[], isNotional = false): string {
  const within = `${isNotional ? 'Notional spend' : 'Spend'} in the last ${periodName(per)}`;
  const most = slots.reduce<SpendSlotView | null>(
    (top, slot) => (slot.spentMicroUsd > (top?.spentMicroUsd ?? 0) ? slot : top),
    null,
  );
  if (most === null) return `${within}: none.`;
  const total = formatSpent(spendTotal(slots));
  return `${within}: ${total} in all; the most: ${formatSpent(most.spentMicroUsd)}, ${most.name}.`;
}

export function periodName(per: SpendPer): string {
  return per === 'hour' ? '24 hours' : '30 days';
}

function hourName(from: string, to: string): string {
  const clock = (time: string): string => {
    const at = new Date(time);
    return `${two(at.getHours())}:${two(at.getMinutes())}`;
  };
  return `${clock(from)}–${clock(to)}`;
}

/** A day is the project's, wherever it is looked at from. */
function dayName(from: string, timezone: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
  }).format(new Date(from));
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
