// Values of claude's options that mean something here: its output formats, and its patterns of tools in our form.

export type OutputFormat = 'text' | 'json' | 'stream-json';

/** "Read, Bash(git log:*) Edit" by commas and spaces, but not inside brackets. */
export function splitPatterns(text: string): readonly string[] {
  return text.match(/[^\s,(]+(?:\([^)]*\))?/g) ?? [];
}

/** Claude writes a prefix of a command as `Bash(git log:*)`: the command itself, and the command with arguments. */
export function toPatterns(pattern: string): readonly string[] {
  const prefix = /^(Bash)\((.+):\*\)$/.exec(pattern);
  return prefix === null ? [pattern] : [`${prefix[1]}(${prefix[2]})`, `${prefix[1]}(${prefix[2]} *)`];
}
