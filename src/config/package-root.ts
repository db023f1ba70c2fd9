// Finds the folder of this package, which holds templates/ and agents/, whether the code runs from src/ or bundled from dist/.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export function packageRoot(): string {
  for (let dir = dirname(fileURLToPath(import.meta.url)); dir !== dirname(dir); dir = dirname(dir)) {
    if (existsSync(join(dir, 'package.json')) && existsSync(join(dir, 'templates', 'project'))) return dir;
  }
  throw new Error('the templates of this package are missing');
}
