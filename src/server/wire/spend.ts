// The JSON shape of spend over time as it travels over HTTP.

export interface WireSpend {
  readonly per: 'hour' | 'day';
  /** Days are those of this time zone. */
  readonly timezone: string;
  /** Oldest first, without gaps; the last one still runs. */
  readonly slots: readonly { readonly from: string; readonly to: string }[];
  readonly project: WireSpendOverTime;
  readonly items: readonly (WireSpendOverTime & { readonly agent_id: string })[];
  readonly next_cursor: string | null;
  readonly as_of: string;
}

/** One figure a slot. */
export interface WireSpendOverTime {
  readonly spent_micro_usd: readonly number[];
  readonly tokens: readonly number[];
}
