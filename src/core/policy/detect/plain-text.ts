// Undoes the cheapest disguises before a text is searched: full-width and styled characters become plain ones, invisible ones go.

export function plainText(text: string): string {
  return text.normalize('NFKC').replace(/\p{Cf}/gu, '');
}
