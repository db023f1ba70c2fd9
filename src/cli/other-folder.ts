// A server goes on in the folder that it was started in. When the project was moved or copied since, what is done here happens there, and
// that is said.
import { type Output, warn } from './output.ts';
import type { Project } from './project.ts';

/** `status` is what the server said of itself. True when it works in another folder. */
export function noteOtherFolder(project: Project, output: Output, status: unknown): boolean {
  const dir: unknown =
    typeof status === 'object' && status !== null ? Reflect.get(status, 'project_dir') : project.dir;
  if (typeof dir !== 'string' || dir === project.dir) return false;
  warn(
    output,
    `the server of this project works in ${dir}, its runs too, and not here: \`governed-agents down\`, then \`governed-agents serve\` here`,
  );
  return true;
}
