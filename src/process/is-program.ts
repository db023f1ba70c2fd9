// Whether this user may start a file as a program.
import { accessSync, constants, statSync } from 'node:fs';
import { faultCode } from '../core/fault-code.ts';

export function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch (error) {
    if (faultCode(error) === null) throw error;
    return false;
  }
}
