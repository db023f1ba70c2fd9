// Reads a JSON body: at most 1 MiB, counted while it arrives, UTF-8, at most so many levels deep, and nothing that JSON.parse turns
// into a number that JSON doesn't have.
import { isUtf8 } from 'node:buffer';
import { Readable } from 'node:stream';
import { type Problem, problem } from '../problem.ts';
import type { Head } from './head.ts';
import { isTooDeep, MOST_LEVELS } from './json-depth.ts';

const MOST_BODY_BYTES = 1024 * 1024;

export type BodyRead =
  | { readonly ok: true; readonly value: unknown; readonly bytes: number }
  | { readonly ok: false; readonly why: Problem };

/** A request without a body counts as one with `{}`. */
export async function readJsonBody(
  head: Head,
  source: Readable | ReadableStream<Uint8Array> | null,
): Promise<BodyRead> {
  const declared = head.contentLength === null ? null : Number(head.contentLength);
  const isEmpty = head.transferEncoding === null && (declared === null || declared === 0);
  if (
    head.contentType === null
      ? !isEmpty
      : !/^application\/json(\s*;\s*charset="?utf-8"?)?$/i.test(head.contentType)
  ) {
    return refuse(
      415,
      'not_json',
      'the body has to be application/json',
      'send it with content-type: application/json',
    );
  }
  if (declared !== null && declared > MOST_BODY_BYTES) return tooLarge();
  if (isEmpty || source === null) return { ok: true, value: {}, bytes: 0 };
  const bytes = await (source instanceof Readable ? collect(source) : collectWeb(source));
  return bytes === 'too_large' ? tooLarge() : readJson(bytes);
}

function collect(source: Readable): Promise<Buffer | 'too_large'> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const done = (settle: () => void): void => {
      source.off('data', onData).off('end', onEnd).off('error', onCut).off('close', onCut);
      settle();
    };
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      if (length > MOST_BODY_BYTES) done(() => resolve('too_large'));
      else chunks.push(chunk);
    };
    const onEnd = (): void =>
      done(() => resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)));
    const onCut = (): void => done(() => reject(new CutBody()));
    source.on('data', onData).on('end', onEnd).on('error', onCut).on('close', onCut);
  });
}

/** The caller went away in the middle of its body: nobody is left to answer. */
export class CutBody extends Error {
  override readonly name = 'CutBody';
}

async function collectWeb(source: ReadableStream<Uint8Array>): Promise<Buffer | 'too_large'> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of source) {
    length += chunk.length;
    if (length > MOST_BODY_BYTES) return 'too_large';
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** What a body holds; text from elsewhere that is to be one is held to the same. */
export function readJson(bytes: Buffer): BodyRead {
  if (!isUtf8(bytes)) return refuse(400, 'bad_json', 'the body is not UTF-8');
  if (isTooDeep(bytes))
    return refuse(400, 'too_deep', `the body has more than ${MOST_LEVELS} levels inside its fields`);
  try {
    const text = bytes.toString('utf8');
    const value: unknown = JSON.parse(text);
    // Only an exponent, or several hundred digits, can make a number that is too large to be one.
    if (/\d[eE]\+?\d|\d{300}/.test(text) && !hasOnlyFiniteNumbers(value)) {
      return refuse(400, 'bad_number', 'the body has a number that is too large to be one');
    }
    return { ok: true, value, bytes: bytes.length };
  } catch (error) {
    if (error instanceof SyntaxError)
      return refuse(400, 'bad_json', `the body is not JSON: ${error.message.slice(0, 200)}`);
    throw error;
  }
}

function hasOnlyFiniteNumbers(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.values(value).every(hasOnlyFiniteNumbers);
}

function tooLarge(): BodyRead {
  return refuse(
    413,
    'too_large',
    'the body is larger than 1 MiB',
    'put large content into a file and name it',
  );
}

function refuse(status: number, code: string, detail: string, hint: string | null = null): BodyRead {
  return { ok: false, why: problem(status, code, detail, hint) };
}
