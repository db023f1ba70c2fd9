// Whether a rule holds for an action. What can't be told never helps an agent: it never makes an `allow` hold and never exempts from
// a rule that restricts; what a restricting rule can't tell is for a person to see.
import type { PolicyDecision } from './decision.ts';
import { MISSING, NOT_HERE, type Subject } from './field-path.ts';
import { matchValue, type Truth } from './match-value.ts';
import { textOf } from './payload-strings.ts';
import { reasonOf, unclearReason } from './reason.ts';
import type { DetectKind } from './request.ts';
import type { Condition, Rule } from './rule.ts';
import type { WindowLimit } from './usage-window.ts';

export type Outcome =
  | { readonly result: 'no' }
  | { readonly result: 'holds'; readonly decision: PolicyDecision }
  /** A restricting rule that can't be told to hold: `decision` asks a person. An allow rule: it only gives its reason. */
  | { readonly result: 'unclear'; readonly decision: PolicyDecision };

const NO: Outcome = { result: 'no' };

/** One for each action; it remembers what was found in a value, for several rules may ask. */
export class Inquiry {
  readonly subject: Subject;
  readonly #found = new Map<string, Map<unknown, readonly string[]>>();
  #notes: string[] = [];
  #retryAtMs: number | null = null;

  constructor(subject: Subject) {
    this.subject = subject;
  }

  judge(rule: Rule): Outcome {
    this.#notes = [];
    this.#retryAtMs = null;
    const when = this.#all(rule.when);
    if (when === false) return NO;
    const notes = this.#notes;
    const retryAtMs = this.#retryAtMs;
    const exempt = rule.unless === null ? false : this.#all(rule.unless);
    if (exempt === true) return NO;
    const unclear = when === true ? unclearException(rule, exempt) : when.unclear;
    if (unclear !== null) return { result: 'unclear', decision: asked(rule, unclear) };
    return { result: 'holds', decision: this.#decision(rule, notes, retryAtMs) };
  }

  #decision(rule: Rule, notes: readonly string[], retryAtMs: number | null): PolicyDecision {
    const { effect, name, severity, approvalTimeoutMs } = rule;
    const { nowMs } = this.subject.context;
    return {
      effect,
      rule: name,
      reasons: [reasonOf(rule, notes)],
      severity,
      ...(retryAtMs === null || effect !== 'deny'
        ? {}
        : { retryAfterSeconds: Math.max(1, Math.ceil((retryAtMs - nowMs) / 1_000)) }),
      ...(approvalTimeoutMs === null ? {} : { approvalTimeoutMs }),
    };
  }

  /** False as soon as one is false, even when another can't be told. */
  #all(conditions: readonly Condition[]): Truth {
    let truth: Truth = true;
    for (const condition of conditions) {
      const one = condition.kind === 'window' ? this.#isOver(condition.limit) : this.#holds(condition);
      if (one === false) return false;
      if (one !== true && truth === true) truth = one;
    }
    return truth;
  }

  #holds({ path, test }: Extract<Condition, { kind: 'field' }>): Truth {
    const value = path.read(this.subject);
    if (value === MISSING || value === NOT_HERE) {
      if (test.op === 'exists') return !test.value;
      return value === NOT_HERE ? false : { unclear: `${path.text} is missing` };
    }
    const truth = test.op === 'detects' ? this.#detect(test.kind, value, path.text) : matchValue(test, value);
    return typeof truth === 'boolean' ? truth : { unclear: `${path.text} ${truth.unclear}` };
  }

  #detect(kind: DetectKind, value: unknown, path: string): Truth {
    const { detector } = this.subject.context;
    if (detector === null) return { unclear: `can't be searched: the detector is not ready` };
    const known = this.#found.get(kind) ?? new Map<unknown, readonly string[]>();
    this.#found.set(kind, known);
    const found = known.get(value) ?? detector.find(kind, textOf(value));
    known.set(value, found);
    if (found.length > 0) this.#notes.push(`${path} holds ${found.join(', ')}`);
    return found.length > 0;
  }

  /** With this action counted. */
  #isOver({ window, over }: WindowLimit): Truth {
    const { context, request } = this.subject;
    const own = window.measure === 'actions' ? 1 : (request.costUsd ?? 0);
    const allowed = over - own;
    const use = context.use(window, Math.max(0, allowed));
    if (use === null) {
      const what = window.measure === 'actions' ? 'how many actions there were' : 'what was spent';
      return { unclear: `${what} can't be told` };
    }
    if (use.used <= allowed) return false;
    // What alone is more than the limit never passes, however long one waits.
    const fallsAtMs = allowed < 0 ? null : use.fallsAtMs;
    if (fallsAtMs !== null) this.#retryAtMs = Math.min(this.#retryAtMs ?? fallsAtMs, fallsAtMs);
    return true;
  }
}

function unclearException(rule: Rule, exempt: Truth): string | null {
  return rule.effect === 'allow' && typeof exempt === 'object' ? exempt.unclear : null;
}

function asked(rule: Rule, why: string): PolicyDecision {
  const { name, severity, approvalTimeoutMs } = rule;
  return {
    effect: 'require_approval',
    rule: name,
    reasons: [unclearReason(rule, why)],
    severity,
    ...(approvalTimeoutMs === null ? {} : { approvalTimeoutMs }),
  };
}
