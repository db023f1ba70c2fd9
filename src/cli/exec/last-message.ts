// The file that `codex exec -o` names for its last answer: tried before anything is started, since what it cost to get the answer is spent
// when it can't be written.
import { accessSync, constants, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { InputError } from '../../core/fault.ts';
import { outputFor, warn } from '../output.ts';

export type LastMessage = (text: string) => void;

export function lastMessageInto(file: string): LastMessage {
  const path = resolve(file);
  const why = whyNotWritable(path);
  if (why !== null) {
    throw new InputError({
      code: 'usage',
      message: `codex’s last message can’t be written to ${file}: ${why}; nothing was started`,
      hint: 'name a file in a folder that exists',
    });
  }
  return (text) => {
    const lost = tried(() => writeFileSync(path, text));
    if (lost !== null) warn(outputFor({}), `codex’s last message could not be written: ${lost}`);
  };
}

function whyNotWritable(path: string): string | null {
  let isFolder = false;
  const why = tried(() => {
    const found = statSync(path, { throwIfNoEntry: false });
    isFolder = found?.isDirectory() === true;
    accessSync(found === undefined ? dirname(path) : path, constants.W_OK);
  });
  return isFolder ? 'it is a folder' : why;
}

function tried(act: () => void): string | null {
  try {
    act();
    return null;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return error.message;
    throw error;
  }
}
