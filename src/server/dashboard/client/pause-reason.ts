// Why something waits, without the command for a terminal: the page has a button for it right below. The limit in it is said there.
import { capAmount } from './cap-words.ts';

export function pauseReason(reason: string): string {
  return reason.replace(/; raise it with `[^`]+`$/, '');
}

const UNITS = ['usd', 'tokens', 'llm_calls', 'tool_calls'] as const;

/** The limit that was enough when it was paused; null where nothing is said of one. */
export function enoughWhenPaused(reason: string | null): string | null {
  const said = /; raise it with `[^`]+ --([a-z-]+) (\d+(?:\.\d+)?)`$/.exec(reason ?? '');
  const unit = UNITS.find((each) => each.replace('_', '-') === said?.[1]);
  if (said === null || unit === undefined) return null;
  return capAmount(unit, unit === 'usd' ? Math.round(Number(said[2]) * 1_000_000) : Number(said[2]));
}
