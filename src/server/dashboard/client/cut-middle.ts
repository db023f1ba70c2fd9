// A text cut in its middle: where it names a folder, the end tells it from the others.

/** At most so many characters, never half of one. */
export function cutMiddle(text: string, most: number): string {
  const characters = [...text];
  if (characters.length <= most) return text;
  const kept = most - 1;
  const head = Math.floor(kept / 2);
  return `${characters.slice(0, head).join('')}…${characters.slice(head - kept).join('')}`;
}
