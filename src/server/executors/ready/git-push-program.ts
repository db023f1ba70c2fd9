// The program that the server starts for an approved action of a git-push executor.
import { gitPush } from './git-push.ts';
import { runAction } from './run-action.ts';

await runAction(gitPush);
