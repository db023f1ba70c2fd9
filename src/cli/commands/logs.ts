// logs: the transcript of a run, as it was written; -f follows it until the run ends.
import type { Define } from '../command-table.ts';
import { outputFor } from '../output.ts';
import { locateProject } from '../project.ts';

interface Options {
  readonly project?: string;
  readonly json?: boolean;
  readonly follow?: boolean;
}

export const define: Define = (command) => {
  command
    .argument('<run>', 'a run, or the beginning of its id')
    .option('-f, --follow', 'go on until the run ends')
    .option('--json', 'print the lines as they are kept: {ts, stream, text}')
    .action(logs);
};

async function logs(word: string, options: Options): Promise<void> {
  const project = locateProject(options);
  const [{ findRunId }, { showTranscript }] = await Promise.all([
    import('../find-id.ts'),
    import('../show/transcript.ts'),
  ]);
  await showTranscript(project, outputFor(options), findRunId(project, word), options.follow === true);
}
