// The tool lists of an agent: nothing listed is denied, deny beats require_approval beats allow. An allow pattern matches narrowly
// and a pattern of the other two lists generously, so that doubt always ends in the stricter answer.
import type { ToolRules } from '../rules/rules.ts';
import { commandPieces, isShellOperator } from './command-pieces.ts';
import type { Effect, PolicyDecision, Severity } from './decision.ts';
import { matchGlob, matchPathGlob } from './glob.ts';
import { type ToolArgument, type ToolCall, type ToolPlace, toolArgument } from './tool-argument.ts';

interface ToolPattern {
  readonly text: string;
  /** The tool's name; `*` in it stands for any characters. */
  readonly tool: string;
  /** Null: whatever the argument is. */
  readonly glob: string | null;
}

type ParsedToolPattern =
  | { readonly result: 'pattern'; readonly pattern: ToolPattern }
  | { readonly result: 'invalid'; readonly problem: string };

const LONGEST_PATTERN = 512;
/** An argument longer than this is not read: no allow pattern matches it, every other pattern of its tool does. */
const LONGEST_ARGUMENT = 32_768;

export function parseToolPattern(text: string): ParsedToolPattern {
  if (text.length > LONGEST_PATTERN) return invalid(`is longer than ${LONGEST_PATTERN} characters`);
  const open = text.indexOf('(');
  const tool = open < 0 ? text : text.slice(0, open);
  if (!/^[A-Za-z_*][\w.:*-]*$/.test(tool)) return invalid('does not start with the name of a tool');
  if (open < 0) return { result: 'pattern', pattern: { text, tool, glob: null } };
  if (!text.endsWith(')')) return invalid('has no closing bracket at its end');
  const glob = text.slice(open + 1, -1);
  return glob === ''
    ? invalid('has nothing between its brackets')
    : { result: 'pattern', pattern: { text, tool, glob } };
}

function invalid(problem: string): ParsedToolPattern {
  return { result: 'invalid', problem };
}

/** For `allow`: matches only what the pattern clearly says. Stars never take a shell operator nor cross a slash of a path. */
function matchNarrowly(pattern: ToolPattern, tool: string, argument: ToolArgument): boolean {
  if (!matchGlob(pattern.tool, tool)) return false;
  const { glob } = pattern;
  if (glob === null) return true;
  if (argument.text.length > LONGEST_ARGUMENT) return false;
  switch (argument.kind) {
    case 'command':
      return matchGlob(glob, argument.text, (text, at) => !isShellOperator(text, at));
    case 'path':
      return isInSight(glob, argument.text) && matchPathGlob(withoutDot(glob), argument.text);
    case 'url':
      return matchPathGlob(glob, argument.text);
    case 'json':
      return matchGlob(glob, argument.text);
    case 'unreadable':
      return false;
  }
}

/** For `deny` and `require_approval`: matches every piece of a command, and stars take anything. */
function matchGenerously(pattern: ToolPattern, tool: string, argument: ToolArgument): boolean {
  if (!matchGlob(pattern.tool, tool)) return false;
  const { glob } = pattern;
  if (glob === null || argument.kind === 'unreadable') return true;
  if (argument.text.length > LONGEST_ARGUMENT) return true;
  switch (argument.kind) {
    case 'command':
      return commandPieces(argument.text).some((piece) => matchGlob(glob, piece));
    case 'path':
      return matchPathGlob(withoutDot(glob), argument.text) || matchGlob(withoutDot(glob), argument.text);
    case 'url':
      return matchPathGlob(glob, argument.text) || matchGlob(glob, argument.text);
    case 'json':
      return matchGlob(glob, argument.text);
  }
}

/** A relative pattern speaks of the agent's folder, an absolute one of the rest: neither allows what lies on the other side. */
function isInSight(glob: string, path: string): boolean {
  return glob.startsWith('/') ? path.startsWith('/') : !path.startsWith('/') && !/^\.\.(\/|$)/.test(path);
}

function withoutDot(glob: string): string {
  return glob.replace(/^(\.\/)+/, '');
}

/** The answer of an agent's tool lists to one call. A pattern that does not parse allows nothing and tightens everything. */
export function decideTool(rules: ToolRules, call: ToolCall, place: ToolPlace): PolicyDecision {
  const argument = toolArgument(call, place);
  const tightens = (text: string): boolean => {
    const parsed = parseToolPattern(text);
    return parsed.result === 'invalid' || matchGenerously(parsed.pattern, call.tool, argument);
  };
  const allows = (text: string): boolean => {
    const parsed = parseToolPattern(text);
    return parsed.result === 'pattern' && matchNarrowly(parsed.pattern, call.tool, argument);
  };
  const denied = rules.deny.find(tightens);
  if (denied !== undefined) return listed('deny', 'deny', denied, call.tool, 'high');
  const held = rules.requireApproval.find(tightens);
  if (held !== undefined) return listed('require_approval', 'require_approval', held, call.tool, 'medium');
  const allowed = rules.allow.find(allows);
  if (allowed !== undefined) return listed('allow', 'allow', allowed, call.tool, 'low');
  const reason = `nothing in [tools] allows this call of ${call.tool}`;
  return { effect: 'deny', rule: 'tools.default', reasons: [reason], severity: 'medium' };
}

function listed(
  effect: Effect,
  list: string,
  pattern: string,
  tool: string,
  severity: Severity,
): PolicyDecision {
  const reason = `${tool} matches ${pattern} in tools.${list}`;
  return { effect, rule: `tools.${list}`, reasons: [reason], severity };
}
