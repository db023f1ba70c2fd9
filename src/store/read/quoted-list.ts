// Words of ours as they stand in a statement, for IN (…); never what somebody else wrote.

export function quotedList(words: readonly string[]): string {
  return words.map((word) => `'${word}'`).join(', ');
}
