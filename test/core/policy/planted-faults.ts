// Faults to plant into the engine, one at a time: slips that a reviewer could miss. Each names the text of the engine that it replaces.

export interface PlantedFault {
  readonly what: string;
  /** Under src/core/policy/. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

export const PLANTED_FAULTS: readonly PlantedFault[] = [
  {
    what: 'a restricting rule with a missing field is passed over',
    file: 'decide.ts',
    from: 'else tightening.push(outcome.decision);',
    to: 'else notAllowed.push(...outcome.decision.reasons);',
  },
  {
    what: 'what can’t be told counts as a match, so that a stricter default is not asked',
    file: 'decide.ts',
    from: 'else tightening.push(outcome.decision);',
    to: 'else matching.push(outcome.decision);',
  },
  {
    what: 'rules that name no action are skipped when others name it',
    file: 'decide.ts',
    from: 'for (const rule of policy.rules.ofAny) judge(rule);',
    to: 'if (!policy.rules.byAction.has(request.action)) for (const rule of policy.rules.ofAny) judge(rule);',
  },
  {
    what: 'the judgement of the tool lists is dropped when a rule matches',
    file: 'decide.ts',
    from: 'if (base !== null) tightening.push(base);',
    to: 'if (base !== null && matching.length === 0) tightening.push(base);',
  },
  {
    what: 'the profile of a risk loosens the default',
    file: 'decide.ts',
    from: 'isStricter(byRisk.effect, effect) ? byRisk : byPolicy',
    to: 'effect !== byRisk.effect ? byRisk : byPolicy',
  },
  {
    what: 'the last rule wins instead of the strictest',
    file: 'decision.ts',
    from: 'if (byEffect !== 0) return byEffect > 0;',
    to: 'if (byEffect !== 0) return true;',
  },
  {
    what: 'of two equal rules the later in the file is named',
    file: 'decision.ts',
    from: '(bySeverity === 0 && a.rule < b.rule)',
    to: 'bySeverity === 0',
  },
  {
    what: 'only the deciding rule gives its reasons',
    file: 'decision.ts',
    from: 'winners.flatMap((winner) => winner.reasons)',
    to: 'first.reasons',
  },
  {
    what: 'a retry is promised although another rule denies for good',
    file: 'decision.ts',
    from: 'if (retryAfterSeconds === undefined) return {};',
    to: 'if (retryAfterSeconds === undefined) continue;',
  },
  {
    what: 'the longest time to approve holds instead of the shortest',
    file: 'decision.ts',
    from: 'Math.min(...given)',
    to: 'Math.max(...given)',
  },
  {
    what: 'auto_approve is looked at before never_auto_approve',
    file: 'lists.ts',
    from: 'if (policy.neverAutoApprove.has(action)) {',
    to: 'if (policy.neverAutoApprove.has(action) && !policy.autoApprove.has(action)) {',
  },
  {
    what: 'one condition is enough',
    file: 'match-rule.ts',
    from: 'if (one === false) return false;',
    to: 'if (one === true) return true;',
  },
  {
    what: 'what can’t be told ends the look at the other conditions',
    file: 'match-rule.ts',
    from: 'if (one !== true && truth === true) truth = one;',
    to: 'if (one !== true) return one;',
  },
  {
    what: 'an exception that can’t be told exempts from a restricting rule',
    file: 'match-rule.ts',
    from: 'if (exempt === true) return NO;',
    to: "if (exempt === true || (exempt !== false && rule.effect !== 'allow')) return NO;",
  },
  {
    what: 'an exception that can’t be told does not stop an allowing rule',
    file: 'match-rule.ts',
    from: "return rule.effect === 'allow' && typeof exempt === 'object' ? exempt.unclear : null;",
    to: "return rule.effect === 'allow' && typeof exempt === 'string' ? exempt : null;",
  },
  {
    what: 'this action is not counted in a window',
    file: 'match-rule.ts',
    from: "const own = window.measure === 'actions' ? 1 : (request.costUsd ?? 0);",
    to: "const own = window.measure === 'actions' ? 0 : (request.costUsd ?? 0);",
  },
  {
    what: 'a window that is just full is over',
    file: 'match-rule.ts',
    from: 'if (use.used <= allowed) return false;',
    to: 'if (use.used < allowed) return false;',
  },
  {
    what: 'what does not exist for an action is taken for missing',
    file: 'match-rule.ts',
    from: 'return value === NOT_HERE ? false : {',
    to: 'return {',
  },
  {
    what: 'a number in quotes is a number',
    file: 'match-value.ts',
    from: "return isOf(value, 'number') ? compare(test.op, value, test.value) : wrongType(value, 'number');",
    to: 'return compare(test.op, Number(value), test.value);',
  },
  {
    what: 'over means at least',
    file: 'match-value.ts',
    from: "if (op === 'gt') return value > limit;",
    to: "if (op === 'gt') return value >= limit;",
  },
  {
    what: 'a value of another type is merely different',
    file: 'match-value.ts',
    from: 'if (typeof value !== typeof test.value) return wrongType(value, typeof test.value);',
    to: '',
  },
  {
    what: 'not_in means in',
    file: 'match-value.ts',
    from: "return test.values.has(value) === (test.op === 'in');",
    to: 'return test.values.has(value);',
  },
  {
    what: 'fields that an object inherits are read',
    file: 'field-path.ts',
    from: "typeof value !== 'object' || value === null || !Object.hasOwn(value, segment)",
    to: "typeof value !== 'object' || value === null || !(segment in value)",
  },
  {
    what: 'labels that every object inherits are read',
    file: 'field-path.ts',
    from: 'agent !== null && Object.hasOwn(agent.labels, label)',
    to: 'agent !== null && label in agent.labels',
  },
  {
    what: 'the end of a window is inside',
    file: 'time-window.ts',
    from: 'return today && minute >= from && minute < to;',
    to: 'return today && minute >= from && minute <= to;',
  },
  {
    what: 'hours after midnight belong to the day they are on',
    file: 'time-window.ts',
    from: 'window.days[(weekday + 6) % 7] === true',
    to: 'window.days[weekday] === true',
  },
  {
    what: 'the clock of a zone is read once a day, past the change of the clocks',
    file: 'local-time.ts',
    from: 'const STEP_MS = 900_000;',
    to: 'const STEP_MS = 86_400_000;',
  },
  {
    what: 'a rule about many actions is filed under the first of them',
    file: 'rule-set.ts',
    from: "if (test.op === 'in') return [...test.values].map(String);",
    to: "if (test.op === 'in') return [...test.values].map(String).slice(0, 1);",
  },
  {
    what: 'the profile of a risk limits what [may] allows to pay',
    file: 'risk-profile.ts',
    from: "kind === 'pay' && may.payUpTo === undefined ?",
    to: "kind === 'pay' ?",
  },
  {
    what: 'an allowing rule is taken to speak against a result',
    file: 'judge-result.ts',
    from: "isStricter(effect, 'allow') &&",
    to: '',
  },
  {
    what: 'a field that a result does not have stops its run',
    file: 'judge-result.ts',
    from: 'return value !== MISSING && value !== NOT_HERE;',
    to: 'return value !== NOT_HERE;',
  },
  {
    what: 'rules that name no action are not asked of results',
    file: 'judge-result.ts',
    from: ', ...rules.ofAny]',
    to: ']',
  },
  {
    what: 'a result is judged by rules that search nothing',
    file: 'judge-result.ts',
    from: "isOfPayload(condition) && condition.test.op === 'detects'",
    to: 'isOfPayload(condition)',
  },
  {
    what: 'what can’t be told of a result lets it pass',
    file: 'judge-result.ts',
    from: "outcome.result !== 'no'",
    to: "outcome.result === 'holds'",
  },
];
