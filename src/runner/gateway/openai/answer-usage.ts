// Finds the usage in an answer of OpenAI, streamed or not. In a stream of Responses it stands in the last event, in one of Chat
// Completions in a last chunk of its own; whatever ends before that is booked whole.
import { dataOf, markedLines, parseObject } from '../call/marked-lines.ts';
import type { AnswerCollector, CallUsage, Collectors, UsageCollector } from '../call/usage-collector.ts';
import type { OpenAiRoute } from './judge-request.ts';
import { readOpenAiUsage } from './usage.ts';

const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
const LAST_EVENTS = new Set(['response.completed', 'response.incomplete', 'response.failed']);

/** How long the cache writes live that an answer to this request reports. */
export type CacheLife = '5m' | '1h';

export function collectorsFor(route: OpenAiRoute, cacheLife: CacheLife): Collectors {
  const read = (reporter: Record<string, unknown>): CallUsage | null =>
    readOpenAiUsage(reporter['usage'], reporter['service_tier'], cacheLife);
  return {
    stream: () =>
      route === 'responses'
        ? lastReport('"usage"', responseOf, read)
        : // Other chunks say `"usage":null`, or nothing of it.
          lastReport('"prompt_tokens"', (event) => event, read),
    document: () => collectDocument(read),
  };
}

function responseOf(event: Record<string, unknown>): Record<string, unknown> | undefined {
  if (!LAST_EVENTS.has(String(event['type']))) return undefined;
  const { response } = event;
  return typeof response === 'object' && response !== null ? { ...response } : {};
}

/** `pick` gives what holds the report; undefined for an event that is not the one. */
function lastReport(
  mark: string,
  pick: (event: Record<string, unknown>) => Record<string, unknown> | undefined,
  read: (reporter: Record<string, unknown>) => CallUsage | null,
): UsageCollector {
  let last: CallUsage | null = null;
  let isBroken = false;
  const lines = markedLines(mark, (line) => {
    const event = dataOf(line);
    const reporter = event === null ? {} : pick(event);
    if (reporter === undefined) return;
    last = read(reporter);
    isBroken ||= last === null;
  });
  return {
    feed: (chunk) => lines.feed(chunk),
    usage: () => (isBroken || lines.isBroken ? null : last),
  };
}

function collectDocument(read: (reporter: Record<string, unknown>) => CallUsage | null): AnswerCollector {
  let chunks: Buffer[] = [];
  let totalBytes = 0;
  const document = (): Record<string, unknown> | null =>
    totalBytes > MAX_ANSWER_BYTES ? null : parseObject(Buffer.concat(chunks).toString('utf8'));
  return {
    feed(chunk) {
      totalBytes += chunk.length;
      if (totalBytes <= MAX_ANSWER_BYTES) chunks.push(chunk);
      else chunks = [];
    },
    usage() {
      const whole = document();
      return whole === null ? null : read(whole);
    },
    isError() {
      const error = document()?.['error'];
      return typeof error === 'object' && error !== null;
    },
  };
}
