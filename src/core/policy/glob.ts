// Matches text against a glob without ever backtracking further than the last star, so that no pattern and no text can make it
// slow: time is at most the product of both lengths. Everything but `*` stands for itself.

/** Whether a star may take the character at this position of the text. */
type StarMayTake = (text: string, at: number) => boolean;

const ANY_CHARACTER: StarMayTake = () => true;

/**
 * `*` stands for any run of characters, the empty one too, of which `starMayTake` says yes to each.
 * Going back to the last star only is enough: what a star may not take has to be matched literally, in order,
 * so the earliest place for each literal part leaves the most room for the rest.
 */
export function matchGlob(glob: string, text: string, starMayTake: StarMayTake = ANY_CHARACTER): boolean {
  let inGlob = 0;
  let inText = 0;
  let star = -1;
  let starEnd = 0;
  while (inText < text.length || inGlob < glob.length) {
    if (glob[inGlob] === '*') {
      star = inGlob;
      starEnd = inText;
      inGlob += 1;
    } else if (inText < text.length && glob[inGlob] === text[inText]) {
      inGlob += 1;
      inText += 1;
    } else if (star >= 0 && starEnd < text.length && starMayTake(text, starEnd)) {
      starEnd += 1;
      inText = starEnd;
      inGlob = star + 1;
    } else {
      return false;
    }
  }
  return true;
}

/** Globs over segments between slashes: `*` stays inside one segment, a segment `**` is any number of them, none too. */
export function matchPathGlob(glob: string, path: string): boolean {
  const pattern = glob.split('/');
  const segments = path.split('/');
  let inPattern = 0;
  let inPath = 0;
  let star = -1;
  let starEnd = 0;
  while (inPath < segments.length || inPattern < pattern.length) {
    const wanted = pattern[inPattern];
    const segment = segments[inPath];
    if (wanted === '**') {
      star = inPattern;
      starEnd = inPath;
      inPattern += 1;
    } else if (wanted !== undefined && segment !== undefined && matchGlob(wanted, segment)) {
      inPattern += 1;
      inPath += 1;
    } else if (star >= 0 && starEnd < segments.length) {
      starEnd += 1;
      inPath = starEnd;
      inPattern = star + 1;
    } else {
      return false;
    }
  }
  return true;
}
