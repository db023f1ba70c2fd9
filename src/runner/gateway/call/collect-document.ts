// Finds the usage in an answer that is one JSON document, and tells an error of the provider (not billed) from anything else.
import { type JsonObject, parseObject } from '../../../core/json-object.ts';
import type { AnswerCollector, CallUsage } from './usage-collector.ts';

/** A longer answer passes through unread and is booked whole. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

export interface DocumentReading {
  /** Null: not complete, or not to be trusted. */
  readonly usage: (document: JsonObject) => CallUsage | null;
  readonly isError: (document: JsonObject) => boolean;
}

export function collectDocument(reading: DocumentReading): AnswerCollector {
  let chunks: Buffer[] = [];
  let totalBytes = 0;
  const document = (): JsonObject | null =>
    totalBytes > MAX_ANSWER_BYTES ? null : parseObject(Buffer.concat(chunks).toString('utf8'));
  return {
    feed(chunk) {
      totalBytes += chunk.length;
      if (totalBytes <= MAX_ANSWER_BYTES) chunks.push(chunk);
      else chunks = [];
    },
    usage() {
      const whole = document();
      return whole === null ? null : reading.usage(whole);
    },
    isError() {
      const whole = document();
      return whole !== null && reading.isError(whole);
    },
  };
}
