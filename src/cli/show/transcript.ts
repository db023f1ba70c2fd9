// Prints a transcript file from its beginning, and what is added to it while the run lives.
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { runLayout } from '../../config/entry.ts';
import { OperationError } from '../../core/fault.ts';
import { fieldsOf } from '../../core/json-object.ts';
import { isForPeople } from '../../core/transcript-stream.ts';
import { visibleLine, visibleString } from '../../core/visible-text.ts';
import { readRun } from '../../store/entry.ts';
import type { Output } from '../output.ts';
import type { Project } from '../project.ts';
import { openForReading } from '../state.ts';
import type { Paint } from '../terminal.ts';

const LOOK_MS = 150;

export async function showTranscript(
  project: Project,
  output: Output,
  runId: string,
  follow: boolean,
): Promise<void> {
  const { transcript } = runLayout(project.state, runId);
  const lives = liveness(project, runId);
  try {
    if (!existsSync(transcript) && !(follow && lives.now())) {
      throw new OperationError({
        op: 'read the transcript',
        code: 'no_transcript',
        message: `run ${runId} has no transcript`,
        hint: 'a run that wrote nothing, or never started, has none; see `governed-agents audit list --run <run>`',
      });
    }
    let at = 0;
    for (;;) {
      // Asked before reading, so that what was written last is still printed.
      const goesOn = follow && lives.now();
      if (existsSync(transcript)) at = await printFrom(transcript, at, output);
      if (!goesOn) return;
      await delay(LOOK_MS);
    }
  } finally {
    lives.close();
  }
}

function liveness(project: Project, runId: string): { now(): boolean; close(): void } {
  const store = openForReading(project);
  return {
    now: () => readRun(store, runId)?.ended_at_ms === null,
    close: () => store.close(),
  };
}

/** Answers where the next look begins: behind the last complete line. */
async function printFrom(path: string, at: number, output: Output): Promise<number> {
  const { size } = statSync(path);
  if (size <= at) return at;
  const file = createReadStream(path, { start: at, end: size - 1 });
  const ends = { complete: at };
  let carried = 0;
  file.on('data', (chunk) => {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk);
    const last = bytes.lastIndexOf(0x0a);
    if (last >= 0) ends.complete = at + carried + last + 1;
    carried += bytes.length;
  });
  const lines: string[] = [];
  for await (const line of createInterface({ input: file, crlfDelay: Number.POSITIVE_INFINITY }))
    lines.push(line);
  const complete = ends.complete === at + carried ? lines : lines.slice(0, -1);
  for (const line of complete) printLine(line, output);
  return ends.complete;
}

function printLine(line: string, output: Output): void {
  if (output.json) {
    process.stdout.write(`${line}\n`);
    return;
  }
  const { stream, text } = parse(line);
  if (isForPeople(stream)) output.line(transcriptText(stream, text, output.paint));
}

/** On a terminal nothing that an agent writes may move the cursor or change a colour. */
export function transcriptText(stream: string, text: string, paint: Paint): string {
  if (stream === 'stderr') return `${paint.yellow('│')} ${visibleLine(text)}`;
  return stream === 'runner' ? `${paint.cyan('·')} ${paint.dim(visibleLine(text))}` : visibleString(text);
}

function parse(line: string): { readonly stream: string; readonly text: string } {
  try {
    const { stream, text } = fieldsOf(JSON.parse(line));
    if (stream !== undefined && text !== undefined) return { stream: String(stream), text: String(text) };
  } catch {
    // Shown as it stands.
  }
  return { stream: 'runner', text: line };
}
