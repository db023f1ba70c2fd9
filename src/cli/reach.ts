// Makes what is told to be typed work from where it is read: a project that is not found from here by itself is named in it.
import { shellWord } from '../core/shell-word.ts';
import type { Output } from './output.ts';
import { foldedLines } from './show/folded-words.ts';
import { outputWidth } from './terminal.ts';

/** How a command line names its project. */
interface Named {
  readonly project?: string | undefined;
}

/** Commands that are for a project; `exec` and `init` are for folders. */
const TYPED =
  /governed-agents (?=(?:accept|approve|audit|backup|brief|budget|down|doctor|grants|kill|kill-switch|logs|open|pause|policy|prices|proposals|reject|resolve|restore|resume|run|runs|scoreboard|serve|status|up|watchdog)\b)/g;

/** `dir`: as it is typed behind -C; undefined: the project is found from here. */
export function withReach(text: string, dir: string | undefined): string {
  if (dir === undefined) return text;
  return text.replace(TYPED, (typed, at: number) => {
    const [rest = ''] = text.slice(at).split(/[`;\n]/, 1);
    return / -C /.test(rest) ? typed : `${typed}-C ${shellWord(dir)} `;
  });
}

/** For commands whose words are ours alone: what is shown to be decided on is shown as it is. */
export function reaching(output: Output, { project }: Named): Output {
  return {
    ...output,
    // What was folded to the terminal may be too long for it by then.
    line: (text = '') =>
      output.line(project === undefined ? text : foldedLines(withReach(text, project), outputWidth())),
    note: (text) => output.note(withReach(text, project)),
  };
}
