// Walks a chain of events in order and names the first one that is not what was recorded. It sees edits, removals, insertions and
// reorderings inside the chain; that the end was cut off is seen only against a head kept elsewhere.
import { chainHash, GENESIS_HASH } from './event.ts';
import type { LineParts } from './line.ts';

export type ChainProblem =
  | 'unreadable'
  | 'sequence_broken'
  | 'previous_hash_differs'
  | 'event_altered'
  | 'payload_altered'
  | 'payload_missing'
  | 'time_went_back';

export interface ChainFault {
  readonly problem: ChainProblem;
  /** The sequence number at fault. */
  readonly seq: number;
  readonly eventType: string | null;
  readonly detail: string;
}

interface EventFields {
  readonly seq: number;
  readonly ts: string;
  readonly event_type: string;
  readonly payload_hash: string;
}

/**
 * Feed every event from the first on; `check` answers null while all is well. A payload may be missing only where `mayBePurged` says
 * that the record tells of its purge.
 */
export class ChainWalk {
  readonly #mayBePurged: (seq: number) => boolean;
  #seq = 0;
  #hash = GENESIS_HASH;
  #ts = '';
  #purged = 0;

  constructor(mayBePurged: (seq: number) => boolean = () => false) {
    this.#mayBePurged = mayBePurged;
  }

  get seq(): number {
    return this.#seq;
  }

  get hash(): string {
    return this.#hash;
  }

  /** Events whose payload was purged: their bytes verify, their content can't be seen. */
  get purged(): number {
    return this.#purged;
  }

  check(parts: LineParts | null): ChainFault | null {
    const expected = this.#seq + 1;
    const fields = parts === null ? null : readFields(parts.event);
    if (parts === null || fields === null) {
      return {
        problem: 'unreadable',
        seq: expected,
        eventType: null,
        detail: 'this is not the form of an event',
      };
    }
    const fault = (problem: ChainProblem, detail: string): ChainFault => ({
      problem,
      seq: expected,
      eventType: fields.event_type,
      detail,
    });
    if (fields.seq !== expected) {
      return fault('sequence_broken', `event ${fields.seq} stands where event ${expected} belongs`);
    }
    if (chainHash(parts.prevHash, parts.event) !== parts.hash) {
      return fault('event_altered', 'the hash does not match the bytes of the event');
    }
    if (parts.prevHash !== this.#hash) {
      return fault('previous_hash_differs', 'it was not written after the event before it');
    }
    const isPurged = parts.salt === null || parts.payload === null;
    if (isPurged && !this.#mayBePurged(expected)) {
      return fault('payload_missing', 'its payload is gone, and no event tells of its purge');
    }
    if (!isPurged && chainHash(parts.salt ?? '', parts.payload ?? '') !== fields.payload_hash) {
      return fault('payload_altered', 'the payload does not match its hash');
    }
    if (fields.ts < this.#ts) return fault('time_went_back', `${fields.ts} is before ${this.#ts}`);
    if (isPurged) this.#purged += 1;
    this.#seq = expected;
    this.#hash = parts.hash;
    this.#ts = fields.ts;
    return null;
  }
}

function readFields(event: string): EventFields | null {
  try {
    const value: unknown = JSON.parse(event);
    if (typeof value !== 'object' || value === null) return null;
    const { seq, ts, event_type, payload_hash } = value as Partial<EventFields>;
    if (typeof seq !== 'number' || typeof ts !== 'string') return null;
    if (typeof event_type !== 'string' || typeof payload_hash !== 'string') return null;
    return { seq, ts, event_type, payload_hash };
  } catch {
    return null;
  }
}
