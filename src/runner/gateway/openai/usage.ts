// Reads what OpenAI, or who speaks as it does, says a call used, in the form of Responses or of Chat Completions. Cached tokens are part of
// the input there, and thought is part of the output, also where a provider counts it beside. A figure that makes no sense makes the whole
// report worthless.
import { isRecord } from '../../../core/json-object.ts';
import { reportedCount } from '../call/reported-count.ts';
import type { CacheLife, CallUsage } from '../call/usage-collector.ts';

/** Tiers that cost what is in the price table, and the one that costs what a batch does. Others cost more, or by another contract. */
const ORDINARY_TIERS: readonly unknown[] = [undefined, null, 'auto', 'default', 'standard'];

/** Null: not to be trusted. `tier` is the service tier that the provider says it used. */
export function readOpenAiUsage(value: unknown, tier: unknown, cacheLife: CacheLife): CallUsage | null {
  if (!isRecord(value) || !(tier === 'flex' || ORDINARY_TIERS.includes(tier))) return null;
  const isChat = 'prompt_tokens' in value;
  const said = value[isChat ? 'completion_tokens_details' : 'output_tokens_details'] ?? {};
  const total = reportedCount(value['total_tokens'], false);
  const thought = isRecord(said) ? reportedCount(said['reasoning_tokens'], false) : null;
  const input = reportedCount(value[isChat ? 'prompt_tokens' : 'input_tokens'], true);
  const output = reportedCount(value[isChat ? 'completion_tokens' : 'output_tokens'], true);
  const details = value[isChat ? 'prompt_tokens_details' : 'input_tokens_details'] ?? {};
  if (input === null || output === null || thought === null || total === null) return null;
  // Nothing was ever asked with nothing.
  if (input === 0 || !isRecord(details)) return null;
  const cached = reportedCount(details['cached_tokens'], false);
  // The other two are LiteLLM's.
  const written = reportedCount(
    details['cache_write_tokens'] ?? details['cache_creation_tokens'] ?? value['cache_creation_input_tokens'],
    false,
  );
  const audio = reportedCount(details['audio_tokens'], false);
  if (cached === null || written === null || audio !== 0 || cached + written > input) return null;
  return {
    input_tokens: input - cached - written,
    output_tokens: Math.max(output + (thought > output ? thought : 0), total - input),
    cache_read_tokens: cached,
    cache_write_5m_tokens: cacheLife === '5m' ? written : 0,
    cache_write_1h_tokens: cacheLife === '1h' ? written : 0,
    ...(tier === 'flex' ? { billed_as: 'batch' } : {}),
  };
}
