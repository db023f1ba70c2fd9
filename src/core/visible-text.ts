// Decides which characters of an agent's text a person could not see, or could be misled by, and names each one.
// Every character of the input is either in a plain piece or stands behind a token: nothing is dropped.

export type TextPiece =
  | { readonly kind: 'plain'; readonly text: string }
  | { readonly kind: 'hidden'; readonly token: string; readonly name: string };

/** Short enough to be ordinary writing; longer runs push what follows out of sight. */
const LONGEST_SPACE_RUN = 11;
/** Comments behind settings stand under each other. */
const LONGEST_BEFORE_COMMENT = 40;
const LONGEST_BREAK_RUN = 3;
const LONGEST_MARK_RUN = 4;

const SUSPECT = new RegExp(
  [
    String.raw`(?<=\S)(?! {1,${LONGEST_BEFORE_COMMENT}}#) {${LONGEST_SPACE_RUN + 1},}`,
    String.raw`\n{${LONGEST_BREAK_RUN + 1},}`,
    String.raw`(?<=\p{M}{${LONGEST_MARK_RUN}})\p{M}+`,
    String.raw`(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]`,
    String.raw`(?! )\p{Zs}`,
    // Blank or joining characters that Unicode files under letters, marks and symbols.
    String.raw`[\u034F\u115F\u1160\u17B4\u17B5\u180B-\u180D\u180F\u2800\u3164\uFE00-\uFE0E\uFFA0\u{E0100}-\u{E01EF}]`,
    // Behind a pictograph it is ordinary emoji writing, anywhere else it carries hidden bits.
    String.raw`(?<!\p{Extended_Pictographic})\uFE0F`,
  ].join('|'),
  'gu',
);

const NAMES: ReadonlyMap<number, string> = new Map([
  [0x00, 'NUL'],
  [0x09, 'tab'],
  [0x0d, 'carriage return'],
  [0x1b, 'escape'],
  [0xa0, 'no-break space'],
  [0xad, 'soft hyphen'],
  [0x061c, 'Arabic letter mark'],
  [0x200b, 'zero-width space'],
  [0x200c, 'zero-width non-joiner'],
  [0x200d, 'zero-width joiner'],
  [0x200e, 'left-to-right mark'],
  [0x200f, 'right-to-left mark'],
  [0x2028, 'line separator'],
  [0x2029, 'paragraph separator'],
  [0x202a, 'left-to-right embedding'],
  [0x202b, 'right-to-left embedding'],
  [0x202c, 'end of embedding'],
  [0x202d, 'left-to-right override'],
  [0x202e, 'right-to-left override'],
  [0x2060, 'word joiner'],
  [0x2066, 'left-to-right isolate'],
  [0x2067, 'right-to-left isolate'],
  [0x2068, 'first strong isolate'],
  [0x2069, 'end of isolate'],
  [0x2800, 'blank Braille pattern'],
  [0x3000, 'ideographic space'],
  [0x3164, 'Hangul filler'],
  [0xfeff, 'zero-width no-break space'],
]);

export function visiblePieces(text: string): readonly TextPiece[] {
  const pieces: TextPiece[] = [];
  let end = 0;
  for (const match of text.matchAll(SUSPECT)) {
    if (match.index > end) pieces.push({ kind: 'plain', text: text.slice(end, match.index) });
    pieces.push(hiddenPiece(match[0]));
    end = match.index + match[0].length;
  }
  if (end < text.length) pieces.push({ kind: 'plain', text: text.slice(end) });
  return pieces;
}

/** The same in one string, for places that take no marked-up text (a label, a tooltip). */
export function visibleString(text: string): string {
  return visiblePieces(text)
    .map((piece) => (piece.kind === 'plain' ? piece.text : piece.token))
    .join('');
}

/** The same for what stands inside a line of ours: a line break in it would begin one that could pass for ours too. */
export function visibleLine(text: string): string {
  return visibleString(text).replaceAll('\n', '⟨U+000A⟩');
}

/** A text that may have lines of its own, none of which begins where ours do. */
export function visibleIndented(text: string): string {
  return visibleString(text).replaceAll('\n', '\n    ');
}

/** JSON for a person to edit: what could not be seen is written as JSON's own escapes, so that the text says the same. */
export function editableJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(SUSPECT, (found) =>
    /^[ \n\p{M}]/u.test(found) ? found : [...found].map(escaped).join(''),
  );
}

function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}

function hiddenPiece(found: string): TextPiece {
  const first = found.codePointAt(0) ?? 0;
  if (first === 0x20) return run(found.length, 'spaces');
  if (first === 0x0a) return run(found.length, 'line breaks');
  if (/^\p{M}{2,}$/u.test(found)) return run([...found].length, 'more combining marks');
  const code = `U+${first.toString(16).toUpperCase().padStart(4, '0')}`;
  return { kind: 'hidden', token: `⟨${code}⟩`, name: NAMES.get(first) ?? kindOf(found) };
}

function run(count: number, what: string): TextPiece {
  return { kind: 'hidden', token: `⟨${count} ${what}⟩`, name: `a run of ${count} ${what}` };
}

function kindOf(character: string): string {
  if (/\p{Zs}/u.test(character)) return 'a space that is not the ordinary one';
  if (/\p{Cc}/u.test(character)) return 'control character';
  if (/[\u{E0000}-\u{E007F}]/u.test(character)) return 'invisible tag character';
  if (/\p{Cs}/u.test(character)) return 'half of a character';
  if (/\p{Co}/u.test(character)) return 'private-use character';
  if (/\p{Cn}/u.test(character)) return 'unassigned character';
  if (/[\u180B-\u180D\u180F\uFE00-\uFE0F\u{E0100}-\u{E01EF}]/u.test(character)) return 'variation selector';
  return 'invisible character';
}
