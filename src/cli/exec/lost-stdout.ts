// Whether what the command wrote reached our own stdout. A reader that has seen enough (`… | head`) is in order; output that could not be
// written is not, and is said even when the command itself ended well.
import { type Output, warn } from '../output.ts';

const FAILED = 1;

export interface LostStdout {
  /** Once nothing more comes; sets an exit code that would have said that all is well. */
  tell(output: Output): Promise<void>;
}

export function watchStdout(): LostStdout {
  let fault: NodeJS.ErrnoException | null = null;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') fault ??= error;
  });
  return {
    async tell(output) {
      // A write says a moment later that it failed.
      await new Promise((resolve) => setImmediate(resolve));
      if (fault === null) return;
      warn(
        output,
        `stdout could not be written, so output of the command is lost: ${fault.message}; make room or send it elsewhere, and run it again`,
      );
      if (process.exitCode === 0) process.exitCode = FAILED;
    },
  };
}
