// Undoes the cheapest disguises before a text is searched: styled and full-width characters become plain ones, every blank an ordinary
// one, and what can't be seen goes. The text never gets longer by it.

const STYLED = /[\u00B2\u00B3\u00B9\u2070-\u2089\uFF01-\uFF5E\u{1D400}-\u{1D7FF}]+/gu;
const BLANK = /[\u00A0\u2000-\u200A\u202F\u205F\u3000]/g;
const INVISIBLE = /(?:\p{Cf}|[\uFE00-\uFE0F])+/gu;

export function plainText(text: string): string {
  return text
    .replace(INVISIBLE, '')
    .replace(STYLED, (found) => found.normalize('NFKC'))
    .replace(BLANK, ' ');
}
