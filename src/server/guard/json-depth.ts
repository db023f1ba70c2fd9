// How many levels of JSON the server takes, so that nothing that parses or walks it runs out of stack.
import { jsonExtent } from '../../core/json-extent.ts';

/** Of a payload or input; the object around it is one level more. */
export const MOST_LEVELS = 64;

export function isTooDeep(bytes: Buffer): boolean {
  return jsonExtent(bytes).levels > MOST_LEVELS + 1;
}
