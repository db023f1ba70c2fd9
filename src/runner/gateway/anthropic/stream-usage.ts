// Finds the usage in a stream of Messages events as its bytes go by. Only lines that hold `"usage"` are parsed; usage counts as
// complete when the stream began with a trusted report and a later one came with the reason why the model stopped.
import { isRecord } from '../../../core/json-object.ts';
import { dataOf, markedLines } from '../call/marked-lines.ts';
import type { AskedCall, UsageCollector } from '../call/usage-collector.ts';
import { highest, readUsage, toCallUsage, type UsageReport } from './usage.ts';

const REPORT = 'usage';

export function collectStreamUsage(asked: AskedCall): UsageCollector {
  let started: UsageReport | null = null;
  let model: unknown;
  let hasStopped = false;
  let isBroken = false;

  const take = (line: string): void => {
    const event = dataOf(line);
    if (event === null) isBroken = true;
    else if (event['type'] === 'message_start') {
      const message = event['message'];
      if (isRecord(message)) model = message['model'];
      note(readUsage(isRecord(message) ? message['usage'] : null, true));
    } else if (event['type'] === 'message_delta') {
      if (started === null) isBroken = true;
      note(readUsage(event['usage'], false));
      const delta = event['delta'];
      if (isRecord(delta) && typeof delta['stop_reason'] === 'string') hasStopped = true;
    }
  };
  const note = (report: UsageReport | null): void => {
    if (report === null) isBroken = true;
    else started = started === null ? report : highest(started, report);
  };

  const lines = markedLines(REPORT, take);
  return {
    feed: (chunk) => lines.feed(chunk),
    keptBytes: () => lines.keptBytes(),
    usage() {
      if (isBroken || lines.isBroken || !hasStopped || started === null) return null;
      return toCallUsage(started, asked, model);
    },
  };
}
