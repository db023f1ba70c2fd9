// How the last line of a run begins.
import { visibleLine } from '../../core/visible-text.ts';
import type { RunResult } from '../../runner/entry.ts';
import type { Paint } from '../terminal.ts';

export interface EndWords {
  readonly mark: string;
  readonly text: string;
}

/**
 * What the server never heard of did not go well, however the agent ended: the record has it as lost, or as whoever ended it there (a kill
 * without the server, the watchdog) wrote it.
 */
export function endWords(
  { status, reason, isRecorded }: Pick<RunResult, 'status' | 'reason' | 'isRecorded'>,
  paint: Paint,
): EndWords {
  const said = `${status}: ${visibleLine(reason)}`;
  if (!isRecorded)
    return {
      mark: paint.red('✗'),
      text: `its end could not be recorded here: unless it was ended there before, the record will have it as lost (${said})`,
    };
  return { mark: status === 'succeeded' ? paint.green('✓') : paint.red('✗'), text: said };
}
