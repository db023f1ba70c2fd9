// Finds the usage in an answer of OpenAI, streamed or not. In a stream of Responses it stands in the last event, in one of Chat
// Completions in a last chunk of its own; whatever ends before that is booked whole.
import { dataOf, markedLines, parseObject } from '../call/marked-lines.ts';
import type { AnswerCollector, CallUsage, Collectors, UsageCollector } from '../call/usage-collector.ts';
import { readOpenAiUsage } from './usage.ts';

const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
const LAST_EVENTS = new Set(['response.completed', 'response.incomplete', 'response.failed']);

export const responsesCollectors: Collectors = {
  stream: () =>
    lastReport('"usage"', (event) => {
      if (!LAST_EVENTS.has(String(event['type']))) return undefined;
      const { response } = event;
      return typeof response === 'object' && response !== null && 'usage' in response ? response.usage : null;
    }),
  document: collectDocument,
};

export const chatCollectors: Collectors = {
  // Other chunks say `"usage":null`, or nothing of it.
  stream: () => lastReport('"prompt_tokens"', (event) => event['usage']),
  document: collectDocument,
};

/** `pick` gives undefined for an event that is not the one. */
function lastReport(mark: string, pick: (event: Record<string, unknown>) => unknown): UsageCollector {
  let last: CallUsage | null = null;
  let isBroken = false;
  const lines = markedLines(mark, (line) => {
    const event = dataOf(line);
    const report = event === null ? null : pick(event);
    if (report === undefined) return;
    last = readOpenAiUsage(report);
    isBroken ||= last === null;
  });
  return {
    feed: (chunk) => lines.feed(chunk),
    usage: () => (isBroken || lines.isBroken ? null : last),
  };
}

function collectDocument(): AnswerCollector {
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
    usage: () => readOpenAiUsage(document()?.['usage']),
    isError() {
      const error = document()?.['error'];
      return typeof error === 'object' && error !== null;
    },
  };
}
