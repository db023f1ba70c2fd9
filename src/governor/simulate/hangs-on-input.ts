// Whether what rules say of a tool call could depend on its input. Where it can't, a call is replayed though its input is not in the record.
import { matchGlob } from '../../core/policy/glob.ts';
import type { Rule } from '../../core/policy/rule.ts';
import { parseToolPattern } from '../../core/policy/tool-pattern.ts';
import type { Rules } from '../../core/rules/rules.ts';

export function hangsOnInput(rules: Rules, agentId: string, tool: string): boolean {
  const tools = rules.agents.get(agentId)?.tools;
  // An agent that is not there is denied every call.
  if (tools === undefined) return false;
  if ([...tools.allow, ...tools.requireApproval, ...tools.deny].some((text) => looksInto(text, tool)))
    return true;
  const { byAction, ofAny } = rules.policy.rules;
  return [...(byAction.get(`tool:${tool}`) ?? []), ...ofAny].some(asksOfInput);
}

function looksInto(text: string, tool: string): boolean {
  const parsed = parseToolPattern(text);
  return parsed.result === 'pattern' && parsed.pattern.glob !== null && matchGlob(parsed.pattern.tool, tool);
}

function asksOfInput({ when, unless }: Rule): boolean {
  return [...when, ...(unless ?? [])].some(
    (condition) => condition.kind === 'field' && /^(resource$|payload(\.|$))/.test(condition.path.text),
  );
}
