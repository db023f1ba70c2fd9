// Durations as people write them ("90s", "30m", "12h", "7d"), and times as they travel (RFC 3339, UTC, milliseconds).

const UNIT_MS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds, or null when the text is no duration. At most 3,660 days. */
export function parseDurationMs(text: string): number | null {
  const match = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text.trim());
  if (match === null) return null;
  const value = Number(match[1]) * (UNIT_MS[match[2] ?? ''] ?? Number.NaN);
  return Number.isSafeInteger(value) && value <= 3660 * 86_400_000 ? value : null;
}

/** The shortest exact-enough form for a person: "340 ms", "1.2 s", "4 m 10 s", "3 h 5 m", "2 d 4 h". */
export function formatDuration(ms: number): string {
  if (Math.round(ms) < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 9_950) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms < 59_500) return `${Math.round(ms / 1_000)} s`;
  const pair = (large: number, largeName: string, small: number, smallName: string): string =>
    small === 0 ? `${large} ${largeName}` : `${large} ${largeName} ${small} ${smallName}`;
  const seconds = Math.max(60, Math.floor(ms / 1_000));
  if (seconds < 3_600) return pair(Math.floor(seconds / 60), 'm', seconds % 60, 's');
  if (seconds < 86_400)
    return pair(Math.floor(seconds / 3_600), 'h', Math.floor((seconds % 3_600) / 60), 'm');
  return pair(Math.floor(seconds / 86_400), 'd', Math.floor((seconds % 86_400) / 3_600), 'h');
}

export function toRfc3339(ms: number): string {
  return new Date(ms).toISOString();
}

const RFC_3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})$/;

/** Milliseconds since the epoch, or null when the text is no RFC 3339 time with an offset. Leap seconds are not taken. */
export function parseRfc3339(text: string): number | null {
  const match = RFC_3339.exec(text);
  if (match === null) return null;
  const [, year, month, day, hour] = match.map(Number);
  // Date.parse takes the 30th of February for the 2nd of March, and hour 24 for the next day.
  const daysInMonth = new Date(Date.UTC(year ?? 0, month ?? 0, 0)).getUTCDate();
  if ((day ?? 0) > daysInMonth || (hour ?? 0) > 23) return null;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : ms;
}
