// The file that `codex exec -o` names for its last answer: opened before anything is started, since what it cost to get the answer is spent
// when it can't be written, and since the agent could put a link in its place.

import {
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  realpathSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { InputError } from '../../core/fault.ts';
import { faultCode } from '../../core/fault-code.ts';
import { covers } from '../../runner/entry.ts';
import { outputFor, warn } from '../output.ts';
import { openWithin } from './open-within.ts';

export type LastMessage = (text: string) => void;

/** `folder`: the real one that the agent works in. */
export function lastMessageInto(file: string, folder: string): LastMessage {
  const path = resolve(file);
  let descriptor = -1;
  const why = tried(() => {
    descriptor = opened(path, folder);
  });
  if (why !== null) {
    throw new InputError({
      code: 'usage',
      message: `codex’s last message can’t be written to ${file}: ${why}; nothing was started`,
      hint: 'name a file in a folder that exists, and no link',
    });
  }
  return (text) => {
    const lost = tried(() => {
      if (isReplaced(path, descriptor)) throw fault(`something else was put in the place of ${file}`);
      if (fstatSync(descriptor).isFile()) ftruncateSync(descriptor);
      writeFileSync(descriptor, text);
    });
    if (lost !== null) warn(outputFor({}), `codex’s last message could not be written: ${lost}`);
  };
}

/** Outside of the folder, where it leads is the operator’s own matter: /dev/stderr is a link. */
function opened(path: string, folder: string): number {
  const { O_WRONLY, O_CREAT, O_NONBLOCK } = constants;
  return covers(folder, path) || covers(folder, realpathSync(dirname(path)))
    ? openWithin(folder, path, O_WRONLY | O_CREAT)
    : openSync(path, O_WRONLY | O_CREAT | O_NONBLOCK, 0o666);
}

function isReplaced(path: string, descriptor: number): boolean {
  const [there, own] = [statSync(path, { throwIfNoEntry: false }), fstatSync(descriptor)];
  return own.isFile() && (there?.ino !== own.ino || there.dev !== own.dev);
}

function fault(message: string): Error {
  return Object.assign(new Error(message), { code: 'replaced' });
}

function tried(act: () => void): string | null {
  try {
    act();
    return null;
  } catch (error) {
    if (error instanceof Error && faultCode(error) !== null) return error.message;
    throw error;
  }
}
