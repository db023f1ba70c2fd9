// Finds the usage in an answer that is one JSON document, and tells an error of the provider (not billed) from anything else.

import type { AnswerCollector } from '../call/usage-collector.ts';
import { type AskedCall, isRecord, readUsage, toCallUsage } from './usage.ts';

/** A longer answer passes through unread and is booked whole. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

export function collectAnswerUsage(asked: AskedCall): AnswerCollector {
  let chunks: Buffer[] = [];
  let totalBytes = 0;
  const document = (): Record<string, unknown> | null => {
    if (totalBytes > MAX_ANSWER_BYTES) return null;
    try {
      const value: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
      return isRecord(value) ? value : null;
    } catch (error) {
      if (error instanceof SyntaxError) return null;
      throw error;
    }
  };
  return {
    feed(chunk) {
      totalBytes += chunk.length;
      if (totalBytes <= MAX_ANSWER_BYTES) chunks.push(chunk);
      else chunks = [];
    },
    usage() {
      const message = document();
      if (message?.['type'] !== 'message') return null;
      const report = readUsage(message['usage'], true);
      return report === null ? null : toCallUsage(report, asked, message['model']);
    },
    isError: () => document()?.['type'] === 'error',
  };
}
