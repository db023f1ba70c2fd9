// Patterns of tools as they are typed in one word. What can't be read as a whole is refused: half of a pattern may allow more than all of it.
import { InputError } from '../../core/fault.ts';
import { parseToolPattern } from '../../core/policy/tool-pattern.ts';

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
