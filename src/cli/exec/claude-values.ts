// Values of claude's options that mean something here: its output formats, and its patterns of tools in our form.
import type { Words } from './words.ts';

export type OutputFormat = 'text' | 'json' | 'stream-json';

/** Claude writes a prefix of a command as `Bash(git log:*)`: the command itself, and the command with arguments. */
export function toPatterns(pattern: string): readonly string[] {
  const prefix = /^(Bash)\((.+):\*\)$/.exec(pattern);
  return prefix === null ? [pattern] : [`${prefix[1]}(${prefix[2]})`, `${prefix[1]}(${prefix[2]} *)`];
}

/** What claude itself would have written to stdout for each message. */
export function claudeWords(format: OutputFormat): Words {
  return (message) => {
    const { type } = message;
    if (format === 'stream-json') {
      return type === 'control_request' || type === 'control_response' ? null : JSON.stringify(message);
    }
    if (type !== 'result') return null;
    return format === 'json' ? JSON.stringify(message) : answerIn(message);
  };
}

/** What it was about to say, or why there is none. */
function answerIn({ result, errors }: Readonly<Record<string, unknown>>): string | null {
  if (typeof result === 'string') return result;
  return Array.isArray(errors) && errors.length > 0 ? `Error: ${errors.map(String).join('; ')}` : null;
}
