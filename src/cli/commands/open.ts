// open: a fresh one-time link to the dashboard, opened where there is a browser.
import type { Define } from '../command-table.ts';
import { outputFor } from '../output.ts';
import { locateProject } from '../project.ts';

interface Options {
  readonly project?: string;
  readonly json?: boolean;
}

export const define: Define = (command) => {
  command
    .argument('[proposal]', 'show this proposal first: its id, or the beginning of it')
    .option('--json', 'print the link as JSON, and open nothing')
    .action(open);
};

async function open(word: string | undefined, options: Options): Promise<void> {
  const project = locateProject(options);
  const output = outputFor(options);
  const [{ freshLink }, { openInBrowser, sshHint }, { clientOf }] = await Promise.all([
    import('../background/fresh-link.ts'),
    import('../background/browser.ts'),
    import('../client.ts'),
  ]);
  const proposalId =
    word === undefined ? null : (await import('../find-id.ts')).findProposalId(project, word);
  const { link, expires_at } = await freshLink(project, proposalId);
  output.data({ link, expires_at });
  if (output.json) return;
  output.line(link);
  const opened = process.stdout.isTTY === true && openInBrowser(link);
  output.note(output.paintErr.dim(opened ? '  opened in your browser' : '  works once, within ten minutes'));
  const { port } = clientOf(project);
  const hint = port === null ? null : sshHint(port);
  if (hint !== null) output.note(`  ${hint}`);
}
