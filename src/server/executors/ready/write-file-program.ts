// The program that the server starts for an approved action of a write-file executor.

import { runAction } from './run-action.ts';
import { writeFile } from './write-file.ts';

await runAction(writeFile);
