// Bounds the input of a call by what the provider itself has counted before: a request of the same run that held some of the same parts
// had so many tokens, and all else of this one is bounded by its bytes. Far below the bytes of a long conversation, and free. Sound only for
// parts that cost the same wherever they stand; the caller leaves out those that do not.
import { createHash } from 'node:crypto';
import type { JsonObject } from '../../../core/json-object.ts';

/** A part of a request that is tokenised by itself: a message, a tool, a block of the system prompt. */
export interface InputPart {
  /** Where it stands, since what a provider reads in one field it may pass over in another. */
  readonly field: string;
  /** As it is written, without what costs nothing. */
  readonly text: string;
  /** What it adds to the bound by bytes. */
  readonly bound: number;
}

/** What is written of a part, or null for one that may cost other tokens where it stands. */
export type PartText = (part: unknown) => string | null;

/** With more, nothing is known of a request: all of them are kept for each that is. */
const MAX_PARTS = 10_000;

/** The parts that stand in these fields of a request, each by itself or in a list. */
export function inputParts(request: JsonObject, fields: readonly string[], textOf: PartText): InputPart[] {
  const found = fields.flatMap((field) => [request[field] ?? []].flat().map((part) => ({ field, part })));
  if (found.length > MAX_PARTS) return [];
  return found.flatMap(({ field, part }) => {
    const text = textOf(part);
    return text === null ? [] : [{ field, text, bound: Buffer.byteLength(text) }];
  });
}

export interface InputShape {
  /** The bound by bytes, of all parts and what is around them. */
  readonly byteBound: number;
  /** What the same part may cost other tokens under: the model, how it is to read, whether tools may be used. Null: nothing is known of it. */
  readonly reading: () => string | null;
  readonly parts: () => readonly InputPart[];
}

export interface KnownInputs {
  /** Never above the bound by bytes. */
  bound(shape: InputShape): number;
  /** The provider counted so many tokens of input. */
  note(shape: InputShape, inputTokens: number): void;
}

/** A smaller request is as well bounded by its bytes, and not worth the hashing. */
const LEAST_BYTES = 24 * 1024;
/** Where a model can't take more, some cut what is longer without being asked, and count the rest. */
const SHORT_CONTEXT_TOKENS = 8_192;
const MAX_KNOWN = 24;

interface Known {
  readonly inputTokens: number;
  readonly digests: ReadonlySet<string>;
}

export function knownInputs(): KnownInputs {
  const known: Known[] = [];
  return {
    bound(shape) {
      if (shape.byteBound < LEAST_BYTES || known.length === 0) return shape.byteBound;
      const parts = digestsOf(shape);
      const bounds = known.map(({ inputTokens, digests }) => {
        const common = [...parts].filter(([digest]) => digests.has(digest));
        return inputTokens + shape.byteBound - common.reduce((sum, [, bound]) => sum + bound, 0);
      });
      return Math.min(shape.byteBound, ...bounds);
    },
    note(shape, inputTokens) {
      if (shape.byteBound < LEAST_BYTES || inputTokens <= SHORT_CONTEXT_TOKENS) return;
      const digests = new Set(digestsOf(shape).keys());
      if (digests.size === 0) return;
      known.push({ inputTokens, digests });
      if (known.length > MAX_KNOWN) known.shift();
    },
  };
}

/** A part that stands several times counts once: the request that was counted may have held it once. */
function digestsOf(shape: InputShape): Map<string, number> {
  const reading = shape.reading();
  if (reading === null) return new Map();
  // Each part is read under all of it, which may be longer than they are.
  const under = digestOf(reading);
  return new Map(
    shape.parts().map(({ field, text, bound }) => [digestOf(`${under}\0${field}\0`, text), bound]),
  );
}

function digestOf(...texts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(text);
  return hash.digest('base64');
}
