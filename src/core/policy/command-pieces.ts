// Takes a shell command apart into the simple commands it may run, generously: for lists that only tighten. It is no shell parser,
// and an agent that may run any command can always hide one; what protects is that nothing is allowed by default.

/** Characters that start another command, redirect one, or substitute one. */
export function isShellOperator(text: string, at: number): boolean {
  const character = text.charAt(at);
  return ';&|`><\n\r'.includes(character) || (character === '$' && text.charAt(at + 1) === '(');
}

/** The whole command, then each piece, and each piece again with its program's folder and leading assignments taken off. */
export function commandPieces(command: string): readonly string[] {
  const found = new Set([command.trim(), plain(command)]);
  for (const piece of command.split(/[;&|`><\n\r(){}]/)) {
    const words = plain(piece);
    found.add(words);
    const program = words.replace(/^([A-Za-z_]\w*=\S* )+/, '');
    found.add(program);
    found.add(program.replace(/^\S*\//, ''));
  }
  found.delete('');
  return [...found];
}

/** Quotes and backslashes do not change which program is named; runs of blanks do not separate more than one. */
function plain(piece: string): string {
  return piece
    .replace(/["'\\]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}
