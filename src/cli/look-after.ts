// A look at the state after something was done. Where it fails, what was done stays done: that is said, and no failure of the command.
import { OperationError } from '../core/fault.ts';
import { type Output, warn } from './output.ts';

/** `unknown`: what is not known then, as a sentence. Null when the look failed. */
export async function lookAfter<T>(
  output: Output,
  unknown: string,
  look: () => T | Promise<T>,
): Promise<T | null> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    warn(output, `${unknown}: ${error.message}; \`governed-agents doctor\` looks at it`);
    return null;
  }
}
