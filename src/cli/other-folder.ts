// A server goes on in the folder that it was started in. When the project was moved or copied since, what is done here happens there, and
// that is said, or refused.
import { existsSync } from 'node:fs';
import { fieldOf } from '../core/json-object.ts';
import { shellWord } from '../core/shell-word.ts';
import { clientOf } from './client.ts';
import { type Output, warn } from './output.ts';
import type { Project } from './project.ts';
import { RefusalError } from './refusal-error.ts';

const TO_DO = '`governed-agents down`, then `governed-agents serve` here';

/** `status` is what the server said of itself. Gives the other folder that it works in; null when it works here. */
export function noteOtherFolder(project: Project, output: Output, status: unknown): string | null {
  const dir = otherFolder(project, status);
  if (dir !== null) warn(output, `${worksElsewhere(dir)}: ${TO_DO}`);
  return dir;
}

/** The same for what is done there; refused where there is no such folder any more. */
export function folderOfServer(project: Project, output: Output, status: unknown): string | null {
  const dir = otherFolder(project, status);
  if (dir === null || existsSync(dir)) return noteOtherFolder(project, output, status);
  throw new RefusalError({
    code: 'other_folder',
    detail: `the server of this project works in ${dir}, which is not there any more, so nothing was started`,
    hint: TO_DO,
  });
}

/** For what would be shown of this folder and done in that one. */
export async function refuseOtherFolder(project: Project): Promise<void> {
  const answer = await clientOf(project).get('/status', 2_000);
  const dir = answer.result === 'ok' ? otherFolder(project, answer.body) : null;
  if (dir === null) return;
  throw new RefusalError({
    code: 'other_folder',
    detail: `${worksElsewhere(dir)}, so nothing of this folder can be put in force`,
    hint: `what is for the project there is done there (-C ${shellWord(dir)}); for this folder: ${TO_DO}. A copy that is to be a project of its own needs another id under [project] in governed.toml`,
  });
}

function otherFolder(project: Project, status: unknown): string | null {
  const dir = fieldOf(status, 'project_dir');
  return typeof dir !== 'string' || dir === project.dir ? null : dir;
}

function worksElsewhere(dir: string): string {
  return `the server of this project works in ${dir}, its runs too, and not here`;
}
