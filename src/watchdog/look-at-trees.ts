// Lists the processes of trees with one scan. A handle that must not be looked at (one of our own ancestors, say, in a file that
// somebody forged) gives nothing, and hides none of the others.
import { OperationError } from '../core/fault.ts';
import { listTrees, type TreeHandle, type TreeMember } from '../process/entry.ts';

export function lookAtTrees(trees: readonly TreeHandle[]): readonly (readonly TreeMember[])[] {
  if (trees.length === 0) return [];
  try {
    return listTrees(trees);
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    return trees.length === 1 ? [[]] : trees.flatMap((tree) => lookAtTrees([tree]));
  }
}
