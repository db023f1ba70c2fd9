// Finds the usage in an answer of OpenAI, streamed or not. In a stream of Responses it stands in the last event, in one of Chat
// Completions in the last chunk; some providers count along in every chunk. Whatever ends before the last, or takes back what it said, is
// booked whole.
import { isRecord, type JsonObject, textOf } from '../../../core/json-object.ts';
import { collectDocument } from '../call/collect-document.ts';
import { dataOf, markedLines } from '../call/marked-lines.ts';
import {
  type AskedCall,
  allInput,
  answeredBy,
  type CallUsage,
  type Collectors,
  type UsageCollector,
} from '../call/usage-collector.ts';
import type { OpenAiRoute } from './openai-route.ts';
import { readOpenAiUsage } from './usage.ts';

/** How a stream of Chat Completions says that it is over. */
const END = /\ndata: ?\[DONE\]\s*$/;
const END_BYTES = 24;
const LAST_EVENTS = new Set(['response.completed', 'response.incomplete', 'response.failed']);

export function collectorsFor(route: OpenAiRoute, asked: AskedCall): Collectors {
  const read = (fields: JsonObject): CallUsage | null => {
    const usage = readOpenAiUsage(fields['usage'], fields['service_tier'], asked.cacheLife);
    return usage === null ? null : { ...usage, ...answeredBy(asked.model, fields['model']) };
  };
  return {
    stream: () =>
      route === 'responses'
        ? lastReport('usage', responseOf, read)
        : // Other chunks say `"usage":null`, or nothing of it.
          lastReport('prompt_tokens', chunkOf, read),
    document: () => collectDocument({ usage: read, isError: isFreeError }),
  };
}

/** An error that came after the model had answered may be billed. */
function isFreeError({ error, usage }: JsonObject): boolean {
  return isRecord(error) && error['failed_generation'] === undefined && (usage ?? null) === null;
}

/** What holds a report, and whether more of the answer may follow it. */
interface Reporter {
  readonly fields: JsonObject;
  readonly isFinal: boolean;
}

function responseOf(event: JsonObject): Reporter | undefined {
  if (!LAST_EVENTS.has(textOf(event['type']))) return undefined;
  const { response } = event;
  const fields = typeof response === 'object' && response !== null ? { ...response } : {};
  return { fields, isFinal: true };
}

function chunkOf(event: JsonObject): Reporter | undefined {
  if (event['usage'] === undefined) return undefined;
  const { choices } = event;
  return { fields: event, isFinal: Array.isArray(choices) && choices.every(hasFinished) };
}

function hasFinished(choice: unknown): boolean {
  return (
    typeof choice === 'object' &&
    choice !== null &&
    'finish_reason' in choice &&
    typeof choice.finish_reason === 'string'
  );
}

/** `pick` gives what holds the report; undefined for an event that is not the one. */
function lastReport(
  name: string,
  pick: (event: JsonObject) => Reporter | undefined,
  read: (fields: JsonObject) => CallUsage | null,
): UsageCollector {
  let last: CallUsage | null = null;
  let isFinal = false;
  let isBroken = false;
  let end: Buffer = Buffer.alloc(0);
  const lines = markedLines(name, (line) => {
    const event = dataOf(line);
    const reporter = event === null ? { fields: {}, isFinal: false } : pick(event);
    if (reporter === undefined) return;
    const report = read(reporter.fields);
    isBroken ||= report === null || (last !== null && isLess(report, last));
    isFinal ||= reporter.isFinal;
    last = report;
  });
  return {
    feed(chunk) {
      lines.feed(chunk);
      const tail = chunk.subarray(-END_BYTES);
      end = tail.length === END_BYTES ? tail : Buffer.concat([end, tail]).subarray(-END_BYTES);
    },
    keptBytes: () => lines.keptBytes(),
    usage() {
      const isOver = isFinal || END.test(end.toString('latin1'));
      return isBroken || lines.isBroken || !isOver ? null : last;
    },
  };
}

/** Reports of one answer count up. */
function isLess(report: CallUsage, before: CallUsage): boolean {
  return allInput(report) < allInput(before) || report.output_tokens < before.output_tokens;
}
