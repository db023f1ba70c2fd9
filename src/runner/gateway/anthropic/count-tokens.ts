// Asks the provider itself how many tokens a request has, which is free. Only where the bound by bytes does not fit under a cap: it is
// several times what a request really is. Null where the provider can't say; then the bound by bytes stands.
import { json } from 'node:stream/consumers';
import { isRecord } from '../../../core/json-object.ts';
import type { OutgoingCall } from '../call/send-upstream.ts';
import { NO_INPUT } from './no-input.ts';

const LIMIT_MS = 10_000;
/** The provider calls its count an estimate: this much is added to it. */
const MARGIN_SHARE = 0.05;
const MARGIN_TOKENS = 512;
/** What the counting route takes of a call. All else that is input is counted by its bytes. */
const COUNTED_FIELDS = [
  'model',
  'messages',
  'system',
  'tools',
  'tool_choice',
  'thinking',
  'context_management',
  'output_config',
];

/** `body` is of the call that is to be counted. */
export function countTokens(
  { way, path, headers, body }: Omit<OutgoingCall, 'method'>,
  gone: AbortSignal,
): Promise<number | null> {
  const whole: unknown = JSON.parse(body.toString('utf8'));
  if (!isRecord(whole)) return Promise.resolve(null);
  const counted = COUNTED_FIELDS.flatMap((field) =>
    Object.hasOwn(whole, field) ? [[field, whole[field]]] : [],
  );
  const uncounted = Object.entries(whole).filter(
    ([field]) => !COUNTED_FIELDS.includes(field) && !NO_INPUT.has(field),
  );
  const besideBytes = uncounted.length === 0 ? 0 : Buffer.byteLength(JSON.stringify(uncounted));
  const text = JSON.stringify(Object.fromEntries(counted));
  return new Promise((resolve) => {
    const sent = way.send(
      'POST',
      path,
      { ...headers, accept: 'application/json', 'content-length': Buffer.byteLength(text) },
      AbortSignal.any([gone, AbortSignal.timeout(LIMIT_MS)]),
    );
    sent.on('error', () => resolve(null));
    sent.on('response', (answer) => {
      void json(answer).then(
        (document) => resolve(answer.statusCode === 200 ? bounded(document, besideBytes) : null),
        () => resolve(null),
      );
    });
    sent.end(text);
  });
}

function bounded(document: unknown, besideBytes: number): number | null {
  const count = isRecord(document) ? document['input_tokens'] : null;
  if (typeof count !== 'number' || !Number.isSafeInteger(count) || count < 1) return null;
  return Math.ceil(count * (1 + MARGIN_SHARE)) + MARGIN_TOKENS + besideBytes;
}
