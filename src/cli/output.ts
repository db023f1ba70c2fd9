// The two ways a command speaks: data on stdout (text, or JSON with --json), words about it on stderr.
import { visibleLine } from '../core/visible-text.ts';
import { type Paint, paintFor } from './terminal.ts';

export interface Output {
  readonly json: boolean;
  /** Colours for stdout. */
  readonly paint: Paint;
  /** Colours for stderr. */
  readonly paintErr: Paint;
  /** A line of the answer; nothing with --json. */
  line(text?: string): void;
  /** A word beside the answer, on stderr. */
  note(text: string): void;
  /** The answer itself with --json. */
  data(value: unknown): void;
}

export function outputFor(options: { readonly json?: boolean | undefined }): Output {
  const json = options.json === true;
  const paintErr = paintFor(process.stderr);
  return {
    json,
    paint: paintFor(process.stdout),
    paintErr,
    line(text = '') {
      if (!json) process.stdout.write(`${text}\n`);
    },
    note(text) {
      process.stderr.write(`${text}\n`);
    },
    data(value) {
      if (json) process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
    },
  };
}

/** A warning as it stands on stderr. */
export function warn(output: Output, text: string): void {
  output.note(`${output.paintErr.yellow('!')} ${visibleLine(text)}`);
}
