// Reads what the provider says a call used. A figure that is missing, negative, fractional or no number makes the whole report
// worthless: then the caller books the whole reservation. Reports of one stream are cumulative, so the highest of each counts.
import { fieldOf, isRecord, type JsonObject } from '../../../core/json-object.ts';
import { reportedCount } from '../call/reported-count.ts';
import { type AskedCall, allInput, answeredBy, type CallUsage } from '../call/usage-collector.ts';

/** The provider's own figures: the total of cache writes may come with its parts, or without. */
export interface UsageReport {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly cacheWrite5mTokens: number;
  readonly cacheWrite1hTokens: number;
}

/** Null: not to be trusted. `message_start` and a whole message must say `input_tokens`, a `message_delta` need not. */
export function readUsage(value: unknown, needsInput: boolean): UsageReport | null {
  if (!isRecord(value)) return null;
  const parts = value['cache_creation'] ?? {};
  if (!isRecord(parts) || usedServerTools(value['server_tool_use'])) return null;
  if (isOfOtherPrice(value) || hasHiddenCalls(value['iterations'])) return null;
  const inputTokens = reportedCount(value['input_tokens'], needsInput);
  const outputTokens = reportedCount(value['output_tokens'], true);
  const cacheReadTokens = reportedCount(value['cache_read_input_tokens'], false);
  const cacheWriteTokens = reportedCount(value['cache_creation_input_tokens'], false);
  const cacheWrite5mTokens = reportedCount(parts['ephemeral_5m_input_tokens'], false);
  const cacheWrite1hTokens = reportedCount(parts['ephemeral_1h_input_tokens'], false);
  if (inputTokens === null || outputTokens === null || cacheReadTokens === null) return null;
  if (cacheWriteTokens === null || cacheWrite5mTokens === null || cacheWrite1hTokens === null) return null;
  return {
    inputTokens,
    outputTokens,
    cacheReadTokens,
    cacheWriteTokens,
    cacheWrite5mTokens,
    cacheWrite1hTokens,
  };
}

export function highest(a: UsageReport, b: UsageReport): UsageReport {
  return {
    inputTokens: Math.max(a.inputTokens, b.inputTokens),
    outputTokens: Math.max(a.outputTokens, b.outputTokens),
    cacheReadTokens: Math.max(a.cacheReadTokens, b.cacheReadTokens),
    cacheWriteTokens: Math.max(a.cacheWriteTokens, b.cacheWriteTokens),
    cacheWrite5mTokens: Math.max(a.cacheWrite5mTokens, b.cacheWrite5mTokens),
    cacheWrite1hTokens: Math.max(a.cacheWrite1hTokens, b.cacheWrite1hTokens),
  };
}

/** Null: nothing was ever asked with nothing. `model` is what the provider says answered. */
export function toCallUsage(report: UsageReport, asked: AskedCall, model: unknown): CallUsage | null {
  const split = report.cacheWrite5mTokens + report.cacheWrite1hTokens;
  const rest = Math.max(0, report.cacheWriteTokens - split);
  const usage: CallUsage = {
    input_tokens: report.inputTokens,
    output_tokens: report.outputTokens,
    cache_read_tokens: report.cacheReadTokens,
    cache_write_5m_tokens: report.cacheWrite5mTokens + (asked.cacheLife === '5m' ? rest : 0),
    cache_write_1h_tokens: report.cacheWrite1hTokens + (asked.cacheLife === '1h' ? rest : 0),
    ...answeredBy(asked.model, model),
  };
  return allInput(usage) === 0 ? null : usage;
}

/** Searches and the like are billed by the request and were refused: a report of them is not one we can price. */
function usedServerTools(value: unknown): boolean {
  if (value === undefined || value === null) return false;
  return !isRecord(value) || Object.values(value).some((requests) => requests !== 0);
}

/** At a speed or in a region that the table of prices does not speak of. */
function isOfOtherPrice({ speed, inference_geo: geo }: JsonObject): boolean {
  const isPlainSpeed = speed === undefined || speed === null || speed === 'standard';
  const isPlainRegion = geo === undefined || geo === null || geo === 'global' || geo === 'not_available';
  return !isPlainSpeed || !isPlainRegion;
}

/** Of a compaction, an advisor or another model: only one that is the message itself is what the figures beside it say. */
function hasHiddenCalls(iterations: unknown): boolean {
  if (iterations === undefined || iterations === null) return false;
  if (!Array.isArray(iterations) || iterations.length > 1) return true;
  return !iterations.every((one) => fieldOf(one, 'type') === 'message');
}
