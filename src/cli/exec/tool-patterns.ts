// Patterns of tools as they are typed in one word. What can't be read as a whole is refused: half of a pattern may allow more than all of it.
import { closest } from '../../config/entry.ts';
import { InputError } from '../../core/fault.ts';
import { KNOWN_TOOL_NAMES } from '../../core/policy/tool-argument.ts';
import { parseToolPattern } from '../../core/policy/tool-pattern.ts';

/** Others that agent CLIs have. Theirs may have any name, so that one which is like none of these is nobody's slip. */
const OTHER_NAMES = [
  'Agent',
  'BashOutput',
  'KillShell',
  'Skill',
  'SlashCommand',
  'Task',
  'TodoWrite',
  'WebSearch',
  'apply_patch',
  'shell',
];

/** "Read, Bash(git log:*) Edit" by commas and spaces, but not inside brackets. */
export function splitPatterns(text: string, option: string): readonly string[] {
  const patterns: string[] = [];
  let depth = 0;
  let pattern = '';
  for (const character of `${text} `) {
    if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    if (depth > 0 || !/[\s,]/.test(character)) pattern += character;
    else if (pattern !== '') {
      patterns.push(checked(pattern, option));
      pattern = '';
    }
  }
  if (pattern !== '') throw unreadable(pattern.trim(), option, 'has a bracket that is not closed');
  return patterns;
}

/** Of the tools that are named, those that look like a slip for one that agent CLIs have, each with that one. */
export function likelySlips(patterns: readonly string[]): readonly (readonly [string, string])[] {
  const names = [...KNOWN_TOOL_NAMES, ...OTHER_NAMES];
  return patterns.flatMap((pattern) => {
    const parsed = parseToolPattern(pattern);
    const tool = parsed.result === 'pattern' ? parsed.pattern.tool : '*';
    const near = tool.includes('*') || names.includes(tool) ? null : closest(tool, names);
    return near === null ? [] : [[tool, near] as const];
  });
}

function checked(pattern: string, option: string): string {
  const parsed = parseToolPattern(pattern);
  if (parsed.result === 'invalid') throw unreadable(pattern, option, parsed.problem);
  return pattern;
}

function unreadable(pattern: string, option: string, problem: string): InputError {
  return new InputError({
    code: 'usage',
    message: `${option}: ${JSON.stringify(pattern)} ${problem}; nothing was started`,
    hint: `write for example ${option} "Read,Bash(npm test)"`,
  });
}
