// Makes a sentence of what the server says in a line: a capital, where a word stands first and no name of a thing, and an end.
export function asSentence(text: string): string {
  const begun = text.trim().replace(/^[a-z](?=[a-z]*[ ,;’'])/, (letter) => letter.toUpperCase());
  return begun === '' || /[.!?:…]$/.test(begun) ? begun : `${begun}.`;
}
