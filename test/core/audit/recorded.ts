// A chain as it is recorded: sealed events with payloads that are awkward to write down, and the lines they make.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { type EventDraft, GENESIS_HASH, type SealedEvent, sealEvent } from '../../../src/core/audit/event.ts';
import { formatLine } from '../../../src/core/audit/line.ts';

/** Strings that a format made of text could trip over. */
const TRAPS = [
  ',"salt":',
  '","salt":"00","payload":{',
  `,"prev_hash":"${'0'.repeat(64)}","hash":"${'0'.repeat(64)}"}`,
  '"}\n{"v":1',
  '\u2028\u2029\u0000\u0007\\"',
  '\ud800',
  'a\udc00b',
  '\ufffd\ufeff',
  '__proto__',
  '😀é',
  'null',
];

const text = fc.oneof(
  fc.constantFrom(...TRAPS),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ maxLength: 12 }),
);

const value = fc.letrec((tie) => ({
  node: fc.oneof(
    { depthSize: 'small' },
    text,
    fc.integer(),
    fc.double(),
    fc.constantFrom(Number.MAX_VALUE, Number.MIN_VALUE, -0, 2 ** 53 + 2, null, true),
    fc.array(tie('node'), { maxLength: 3 }),
    fc.dictionary(text, tie('node'), { maxKeys: 3, noNullPrototype: true }),
  ),
}));

export const draft: fc.Arbitrary<EventDraft> = fc.record({
  eventType: fc.oneof(fc.constantFrom('run_started', 'budget_charge'), text),
  actor: fc.record({ kind: fc.constantFrom('agent', 'operator'), id: fc.oneof(text, fc.constant(null)) }),
  agentId: fc.oneof(text, fc.constant(null)),
  runId: fc.oneof(text, fc.constant(null)),
  tier: fc.constantFrom('confined', 'advisory', null),
  payload: fc
    .dictionary(text, value.node, { maxKeys: 4, noNullPrototype: true })
    .map((own) => Object.assign(JSON.parse('{"__proto__":{"polluted":true}}') as object, own)),
});

export function chainOf(drafts: readonly EventDraft[]): SealedEvent[] {
  let prevHash = GENESIS_HASH;
  return drafts.map((each, index) => {
    const salt = createHash('sha256').update(`salt ${index}`).digest('hex').slice(0, 32);
    const place = {
      seq: index + 1,
      tsMs: 1_000 * index,
      hostId: 'hst_1',
      policyHash: 'p'.repeat(64),
      prevHash,
      salt,
    };
    const sealed = sealEvent(each, place);
    prevHash = sealed.hash;
    return sealed;
  });
}

export function linesOf(chain: readonly SealedEvent[]): string[] {
  return chain.map(formatLine);
}
