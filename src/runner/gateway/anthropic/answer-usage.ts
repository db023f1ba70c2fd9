// Finds the usage in a Messages answer, streamed or not.
import { collectDocument } from '../call/collect-document.ts';
import type { AskedCall, Collectors } from '../call/usage-collector.ts';
import { collectStreamUsage } from './stream-usage.ts';
import { readUsage, toCallUsage } from './usage.ts';

export function collectorsFor(asked: AskedCall): Collectors {
  return {
    stream: () => collectStreamUsage(asked),
    document: () =>
      collectDocument({
        usage(message) {
          const report = message['type'] === 'message' ? readUsage(message['usage'], true) : null;
          return report === null ? null : toCallUsage(report, asked, message['model']);
        },
        isError: (document) => document['type'] === 'error',
      }),
  };
}
