// What a use case sees: one open transaction with one time, the rules in force and the end of the chain, to which it appends.
// State change, ledger row and event commit together or not at all.
import type { EventDraft } from '../core/audit/event.ts';
import { sealEvent } from '../core/audit/event.ts';
import { OperationError } from '../core/fault.ts';
import { type IdPrefix, newId } from '../core/id.ts';
import type { Condition } from '../core/policy/rule.ts';
import type { Rules } from '../core/rules/rules.ts';
import type { Store } from '../store/open.ts';
import { type ChainTip, readTip } from '../store/read/events.ts';
import { readMeta } from '../store/read/meta.ts';
import { insertEvent } from '../store/write/events.ts';
import { writeMeta } from '../store/write/meta.ts';

export interface Surroundings {
  readonly store: Store;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly random: (bytes: number) => Buffer;
  /** Makes the rules of an accepted set out of its stored files; the caller keeps what it made. */
  readonly rulesOf: (hash: string) => Rules;
  /** Makes the conditions of a grant out of how they were given; who takes no proposals needs none. */
  readonly conditionsOf?: (text: string) => readonly Condition[] | null;
}

export class Transaction {
  readonly store: Store;
  /** The server's time, in milliseconds; never before the newest event, even when the clock goes back. */
  readonly nowMs: number;
  readonly #around: Surroundings;
  #tip: ChainTip;
  #rulesHash: string | null;
  /** Read with the first event: the transaction that makes a state gives it its host. */
  #hostId: string | null = null;

  constructor(around: Surroundings) {
    this.#around = around;
    this.store = around.store;
    this.#tip = readTip(around.store);
    this.nowMs = Math.max(around.clock(), this.#tip.tsMs);
    this.#rulesHash = readMeta(around.store, 'rules_hash');
  }

  /** The hash of the rules in force; null before the first `accept`. */
  get rulesHash(): string | null {
    return this.#rulesHash;
  }

  /** The rules in force. A use case that needs them is not reached before they are accepted. */
  get rules(): Rules {
    if (this.#rulesHash === null) {
      throw new OperationError({
        op: 'read the rules',
        code: 'rules_not_accepted',
        message: 'no rules are in force in this project yet',
        hint: 'look at them and put them in force with `governed-agents accept`',
      });
    }
    return this.#around.rulesOf(this.#rulesHash);
  }

  /** From here on this set is in force, for the rest of this transaction too. */
  putInForce(rulesHash: string): void {
    writeMeta(this.store, 'rules_hash', rulesHash);
    this.#rulesHash = rulesHash;
  }

  /** Null when they can't be read as conditions: then they hold for nothing. */
  conditionsOf(text: string): readonly Condition[] | null {
    return this.#around.conditionsOf?.(text) ?? null;
  }

  newId(prefix: IdPrefix): string {
    return newId(prefix, this.nowMs, this.#around.random(10));
  }

  random(bytes: number): Buffer {
    return this.#around.random(bytes);
  }

  /** Appends an event; answers its sequence number. */
  emit(draft: EventDraft): number {
    const sealed = sealEvent(draft, {
      seq: this.#tip.seq + 1,
      tsMs: this.nowMs,
      hostId: this.#readHostId(),
      policyHash: this.#rulesHash,
      prevHash: this.#tip.hash,
      salt: this.#around.random(16).toString('hex'),
    });
    insertEvent(this.store, sealed);
    this.#tip = { seq: sealed.seq, hash: sealed.hash, tsMs: sealed.tsMs };
    return sealed.seq;
  }

  /** Runs one use case so that a fault in it undoes only what it did itself. */
  isolated<T>(useCase: (tx: Transaction) => T): T {
    const tip = this.#tip;
    const rulesHash = this.#rulesHash;
    this.store.statement('SAVEPOINT use_case').run();
    try {
      const result = useCase(this);
      this.store.statement('RELEASE use_case').run();
      return result;
    } catch (error) {
      if (this.store.inTransaction) {
        this.store.statement('ROLLBACK TO use_case').run();
        this.store.statement('RELEASE use_case').run();
        this.#tip = tip;
        this.#rulesHash = rulesHash;
        this.#hostId = null;
      }
      throw error;
    }
  }

  #readHostId(): string {
    this.#hostId ??= readMeta(this.store, 'host_id');
    return this.#hostId ?? '';
  }
}
