// Adds up what a replay found: how often each judgement became which other one, which rules decide more or less often, and examples of
// what changes. It holds counts and a bounded number of examples, however long the past is.
import { type Effect, isStricter, type PolicyDecision } from '../policy/decision.ts';
import type { Lost, RecordedAction } from './recorded-event.ts';
import type { ChangeGroup, Content, Example, RuleChange, TallyResult } from './result.ts';

const EFFECTS: readonly Effect[] = ['allow', 'require_approval', 'deny'];

interface Group {
  readonly about: Omit<ChangeGroup, 'count'>;
  readonly examples: Example[];
  count: number;
}

/** Agents choose the names of actions: what is beyond so many groups is filed together. */
const MOST_GROUPS = 500;
const OTHERS = '(other actions)';
/** Beyond so many, a group has a single one. */
const MOST_EXAMPLES_KEPT = 1_000;

export class Tally {
  readonly #mostExamples: number;
  readonly #recorded = zero();
  readonly #matrix = { allow: zero(), require_approval: zero(), deny: zero() };
  readonly #rules = new Map<string, { before: number; after: number; gained: number; lost: number }>();
  readonly #groups = new Map<string, Group>();
  readonly #lost: Record<Lost, number> = { no_input: 0, no_payload: 0 };
  #notAsRecorded = 0;
  #examplesKept = 0;
  #firstMs: number | null = null;
  #lastMs: number | null = null;

  constructor(mostExamples: number) {
    this.#mostExamples = mostExamples;
  }

  /** An action whose content is gone: no rules can be asked about it. */
  addLost(action: RecordedAction, why: Lost): void {
    this.#see(action);
    this.#lost[why] += 1;
  }

  /** `content` is asked for only when the action becomes an example. */
  add(action: RecordedAction, before: PolicyDecision, after: PolicyDecision, content: () => Content): void {
    this.#see(action);
    this.#recorded[action.recorded.effect] += 1;
    this.#matrix[before.effect][after.effect] += 1;
    if (action.recorded.effect !== before.effect) this.#notAsRecorded += 1;
    this.#addRules(before.rule, after.rule);
    if (before.effect === after.effect) return;
    const group = this.#group(action.action, before, after);
    group.count += 1;
    const most =
      this.#examplesKept < MOST_EXAMPLES_KEPT ? this.#mostExamples : Math.min(1, this.#mostExamples);
    if (group.examples.length >= most) return;
    // Without its payload, which may be a megabyte.
    const { is, subject, waits, ...rest } = action;
    group.examples.push({ ...rest, before, after, content: content() });
    this.#examplesKept += 1;
  }

  result(): TallyResult {
    const before = zero();
    const after = zero();
    let actions = 0;
    let stricter = 0;
    let looser = 0;
    for (const from of EFFECTS) {
      for (const to of EFFECTS) {
        const count = this.#matrix[from][to];
        actions += count;
        before[from] += count;
        after[to] += count;
        if (isStricter(to, from)) stricter += count;
        if (isStricter(from, to)) looser += count;
      }
    }
    return {
      actions,
      firstMs: this.#firstMs,
      lastMs: this.#lastMs,
      recorded: this.#recorded,
      before,
      after,
      matrix: this.#matrix,
      differences: stricter + looser,
      stricter,
      looser,
      notAsRecorded: this.#notAsRecorded,
      lost: this.#lost,
      rules: this.#ruleChanges(),
      groups: [...this.#groups.values()]
        .map(({ about, count }) => ({ ...about, count }))
        .sort((a, b) => b.count - a.count),
      examples: this.#pickExamples(),
    };
  }

  #see({ atMs }: RecordedAction): void {
    this.#firstMs ??= atMs;
    this.#lastMs = atMs;
  }

  #addRules(before: string, after: string): void {
    const was = this.#rule(before);
    const is = this.#rule(after);
    was.before += 1;
    is.after += 1;
    if (before === after) return;
    was.lost += 1;
    is.gained += 1;
  }

  #rule(name: string): { before: number; after: number; gained: number; lost: number } {
    let counts = this.#rules.get(name);
    if (counts === undefined) {
      counts = { before: 0, after: 0, gained: 0, lost: 0 };
      this.#rules.set(name, counts);
    }
    return counts;
  }

  #group(action: string, before: PolicyDecision, after: PolicyDecision): Group {
    const key = (name: string): string =>
      JSON.stringify([name, before.effect, after.effect, before.rule, after.rule]);
    const own = this.#groups.get(key(action));
    if (own !== undefined) return own;
    const name = this.#groups.size < MOST_GROUPS ? action : OTHERS;
    const found = this.#groups.get(key(name));
    if (found !== undefined) return found;
    const group: Group = {
      about: {
        action: name,
        from: before.effect,
        to: after.effect,
        ruleBefore: before.rule,
        ruleAfter: after.rule,
      },
      examples: [],
      count: 0,
    };
    this.#groups.set(key(name), group);
    return group;
  }

  /** Rules that decide other actions than before, the most changed first. */
  #ruleChanges(): readonly RuleChange[] {
    return [...this.#rules]
      .map(([rule, counts]) => ({ rule, ...counts }))
      .filter(({ gained, lost }) => gained > 0 || lost > 0)
      .sort((a, b) => b.gained + b.lost - (a.gained + a.lost) || (a.rule < b.rule ? -1 : 1));
  }

  /** The first of each group, then the second of each, until there are enough. */
  #pickExamples(): readonly Example[] {
    const groups = [...this.#groups.values()].sort((a, b) => b.count - a.count);
    const picked: Example[] = [];
    for (let round = 0; round < this.#mostExamples && picked.length < this.#mostExamples; round += 1) {
      for (const { examples } of groups) {
        const example = examples[round];
        if (example !== undefined && picked.length < this.#mostExamples) picked.push(example);
      }
    }
    return picked.sort((a, b) => a.seq - b.seq);
  }
}

function zero(): Record<Effect, number> {
  return { allow: 0, require_approval: 0, deny: 0 };
}
