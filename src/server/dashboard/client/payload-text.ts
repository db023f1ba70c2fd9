// How large a payload is, beside its text as every reader of it is shown.
export { payloadText } from '../../../core/payload-text.ts';

export interface TextSize {
  readonly lines: number;
  readonly bytes: number;
}

export function textSize(text: string): TextSize {
  let lines = 1;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines += 1;
  return { lines, bytes: new TextEncoder().encode(text).length };
}
