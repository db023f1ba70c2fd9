// kill: ends the process trees of a run, an agent or all.
import { stopCommand } from '../stop/stop-command.ts';

export const define = stopCommand('kill', 'killed');
