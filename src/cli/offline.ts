// Reads a resource from the store while the server is down.

import { existsSync } from 'node:fs';
import manifest from '../../package.json' with { type: 'json' };
import { readServerFile } from '../config/entry.ts';
import { answerWithoutServer } from '../server/offline-entry.ts';
import type { Project } from './project.ts';
import { noState } from './state.ts';

const DEFAULT_PORT = 8005;

export async function readFromStore(
  project: Project,
  path: string,
  posted: { readonly body: unknown } | null = null,
): Promise<unknown> {
  if (!existsSync(project.state.store)) throw noState(project);
  const place = {
    layout: project.state,
    projectDir: project.dir,
    projectId: project.id,
    version: manifest.version,
    port: readServerFile(project.state)?.port ?? DEFAULT_PORT,
  };
  return await answerWithoutServer(place, path, posted);
}
