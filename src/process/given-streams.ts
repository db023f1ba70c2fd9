// Which of our own streams a program may be handed as they are. What a descriptor leads to can be opened again through /proc, with more rights
// than it was given with: the file behind "< notes.txt" for writing. A pipe or socket leads nowhere; anything else goes through us.
import { fstatSync } from 'node:fs';

export interface OwnPipes {
  readonly stdin: boolean;
  readonly stdout: boolean;
}

export const NO_PIPES: OwnPipes = { stdin: false, stdout: false };

export function handedAsTheyAre(asked: OwnPipes, isJailed: boolean): OwnPipes {
  if (!isJailed) return asked;
  return { stdin: asked.stdin && leadsNowhere(0), stdout: asked.stdout && leadsNowhere(1) };
}

function leadsNowhere(descriptor: number): boolean {
  const stat = fstatSync(descriptor);
  return stat.isFIFO() || stat.isSocket();
}
