// Scene: somebody edits the record. One byte of one event is changed; verify names the event.
import { readFileSync, writeFileSync } from 'node:fs';
import { stateLayout } from '../../../config/entry.ts';
import type { Stage } from '../stage.ts';

export interface TamperingFacts {
  readonly clean_exit_code: number | null;
  readonly tampered_seq: number;
  readonly exit_code: number | null;
  readonly named: boolean;
}

export async function tampering(stage: Stage): Promise<TamperingFacts> {
  const { narrator, project } = stage;
  narrator.scene('Somebody edits the record: one byte');
  const clean = await stage.governed(['audit', 'verify']);
  const cleanExit = await clean.ended;
  narrator.said(clean.lines[0] ?? '');
  const seq = changeOneByte(stateLayout(project.stateDir).mirror);
  narrator.text(`changed one byte of event ${seq}: "press@example.com" is now "prest@example.com"`);
  const verify = await stage.governed(['audit', 'verify']);
  const exitCode = await verify.ended;
  for (const line of verify.lines.slice(0, 2)) narrator.said(line);
  const named = verify.lines.some((line) => new RegExp(`\\b${seq}\\b`).test(line));
  narrator[named && exitCode === 8 ? 'good' : 'bad'](
    `exit ${exitCode}; the event is ${named ? 'named' : 'NOT named'}`,
  );
  return { clean_exit_code: cleanExit, tampered_seq: seq, exit_code: exitCode, named };
}

/** In the line of the first proposal; answers its sequence number. */
function changeOneByte(mirror: string): number {
  const lines = readFileSync(mirror, 'utf8').split('\n');
  const at = lines.findIndex(
    (line) => line.includes('"proposal_submitted"') && line.includes('press@example.com'),
  );
  const line = lines[at];
  if (line === undefined) throw new Error('the record of the demo has no proposal');
  lines[at] = line.replace('press@example.com', 'prest@example.com');
  writeFileSync(mirror, lines.join('\n'));
  return (JSON.parse(line) as { seq: number }).seq;
}
