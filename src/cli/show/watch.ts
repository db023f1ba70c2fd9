// Shows the scoreboard again every second: in place on a terminal, one document a line when it is piped as JSON.
import { setTimeout as delay } from 'node:timers/promises';
import type { WireScoreboard } from '../../server/wire/record.ts';
import type { WireSpend } from '../../server/wire/spend.ts';
import type { Output } from '../output.ts';
import { scoreboardText } from './scoreboard.ts';
import { localTime } from './words.ts';

const EVERY_MS = 1_000;

export async function watchScoreboard(
  output: Output,
  read: (to: Output) => Promise<{ readonly board: WireScoreboard; readonly spend: WireSpend | null }>,
): Promise<void> {
  const ended = new AbortController();
  process.once('SIGINT', () => ended.abort());
  const inPlace = process.stdout.isTTY === true && !output.json;
  while (!ended.signal.aborted) {
    // Said above the table, and not a thousand times below it.
    const notes: string[] = [];
    const { board, spend } = await read({ ...output, note: (text) => notes.push(text) });
    if (output.json) process.stdout.write(`${JSON.stringify(board)}\n`);
    else {
      const text = [
        output.paint.dim(`${localTime(board.as_of)} · every second · Ctrl-C ends`),
        ...notes,
        '',
        scoreboardText(board, spend, output.paint),
      ].join('\n');
      process.stdout.write(inPlace ? `\u001b[H\u001b[2J${text}\n` : `${text}\n\n`);
    }
    await delay(EVERY_MS, undefined, { signal: ended.signal }).catch(() => undefined);
  }
}
