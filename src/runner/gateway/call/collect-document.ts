// Finds the usage in an answer that is one JSON document, and tells an error of the provider (not billed) from anything else.
import { type JsonObject, parseObject } from '../../../core/json-object.ts';
import { GatheredBytes } from '../gathered-bytes.ts';
import type { AnswerCollector, CallUsage } from './usage-collector.ts';

/** A longer answer passes through unread and is booked whole. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

export interface DocumentReading {
  /** Null: not complete, or not to be trusted. */
  readonly usage: (document: JsonObject) => CallUsage | null;
  readonly isError: (document: JsonObject) => boolean;
}

export function collectDocument(reading: DocumentReading): AnswerCollector {
  const body = new GatheredBytes();
  let isTooLong = false;
  const document = (): JsonObject | null => (isTooLong ? null : parseObject(body.bytes().toString('utf8')));
  return {
    feed(chunk) {
      isTooLong ||= body.length + chunk.length > MAX_ANSWER_BYTES;
      if (isTooLong) body.clear();
      else body.add(chunk);
    },
    keptBytes: () => body.length,
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
