// What the rules say of what a tool brought back. Only rules that search the payload are asked, with the result standing as payload:
// whoever forbids a call to carry a secret does not want one to arrive by a call either.
import { isStricter, type PolicyDecision, strictest } from './decision.ts';
import { MISSING, NOT_HERE } from './field-path.ts';
import { Inquiry } from './match-rule.ts';
import type { PolicyRules } from './policy-rules.ts';
import type { PolicyContext, PolicyRequest } from './request.ts';
import type { Condition, Rule } from './rule.ts';

/** `request` is the call, with its result as payload. Null when no rule has anything against it. */
export function judgeResult(
  { rules }: PolicyRules,
  request: PolicyRequest,
  context: PolicyContext,
): PolicyDecision | null {
  if (!rules.usesDetector) return null;
  const subject = { request, context };
  const inquiry = new Inquiry(subject);
  const against: PolicyDecision[] = [];
  for (const rule of [...(rules.byAction.get(request.action) ?? []), ...rules.ofAny]) {
    if (!searchesResults(rule)) continue;
    const speaksOfIt = rule.when.filter(isOfPayload).every(({ path }) => {
      const value = path.read(subject);
      return value !== MISSING && value !== NOT_HERE;
    });
    // A result has a form of its own: a field that only payloads have is not missing from it.
    const outcome = speaksOfIt ? inquiry.judge(rule) : null;
    if (outcome !== null && outcome.result !== 'no') against.push(outcome.decision);
  }
  const [first, ...others] = against;
  return first === undefined ? null : strictest([first, ...others]);
}

/** An allowing rule has nothing against a result, and a window counts calls, not what they bring back. */
function searchesResults({ effect, when }: Rule): boolean {
  return (
    isStricter(effect, 'allow') &&
    when.some((condition) => isOfPayload(condition) && condition.test.op === 'detects') &&
    when.every(({ kind }) => kind === 'field')
  );
}

function isOfPayload(condition: Condition): condition is Extract<Condition, { readonly kind: 'field' }> {
  return condition.kind === 'field' && /^payload(\.|$)/.test(condition.path.text);
}
