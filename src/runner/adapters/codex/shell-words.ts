// Reads the words of a command line as a POSIX shell would, without running anything: Codex quotes what it means to start, and a rule is
// about what stands inside of the quotes.

/** Null when it is no plain list of words. */
export function shellWords(text: string): readonly string[] | null {
  const words: string[] = [];
  let word: string | null = null;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (/\s/.test(character)) {
      if (word !== null) words.push(word);
      word = null;
    } else if (character === "'") {
      const end = text.indexOf("'", at + 1);
      if (end < 0) return null;
      word = `${word ?? ''}${text.slice(at + 1, end)}`;
      at = end;
    } else if (character === '"') {
      const quoted = doubleQuoted(text, at + 1);
      if (quoted === null) return null;
      word = `${word ?? ''}${quoted.content}`;
      at = quoted.end;
    } else if (character === '\\') {
      at += 1;
      if (at >= text.length) return null;
      word = `${word ?? ''}${text.charAt(at)}`;
    } else word = `${word ?? ''}${character}`;
  }
  if (word !== null) words.push(word);
  return words;
}

function doubleQuoted(
  text: string,
  start: number,
): { readonly content: string; readonly end: number } | null {
  let content = '';
  for (let at = start; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '"') return { content, end: at };
    const next = text.charAt(at + 1);
    if (character === '\\' && '"\\$`'.includes(next) && next !== '') {
      content += next;
      at += 1;
    } else content += character;
  }
  return null;
}

const SHELLS = new Set(['sh', 'bash', 'zsh', 'dash']);

/** What the shell is given to run, or the whole line where it is not a shell with one script. */
export function scriptOf(commandLine: string): string {
  const words = shellWords(commandLine);
  const [shell = '', flag = '', script] = words ?? [];
  const isScript = words?.length === 3 && SHELLS.has(shell.split('/').at(-1) ?? '') && /^-l?c$/.test(flag);
  return isScript && script !== undefined ? script : commandLine;
}
