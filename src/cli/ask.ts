// Questions on the terminal. Nothing is assumed: an empty answer, an end of input and Ctrl-C all mean no.
import { createInterface } from 'node:readline/promises';

/** Null when the input ended. */
export async function askLine(question: string): Promise<string | null> {
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await new Promise<string | null>((resolve, reject) => {
      reader.once('close', () => resolve(null));
      reader.once('SIGINT', () => reader.close());
      reader.question(question).then((answer) => resolve(answer.trim()), reject);
    });
  } finally {
    reader.close();
  }
}

export async function askYesNo(question: string): Promise<boolean> {
  const answer = await askLine(`${question} [y/N] `);
  return answer !== null && /^y(es)?$/i.test(answer);
}
