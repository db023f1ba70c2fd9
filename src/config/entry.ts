// What other folders use of the configuration without parsing any rules: where the project and its state are, and the keys.
// It loads no schema, so that short commands start fast; reading the rules themselves is in `rules-entry.ts`.
export { closest } from './did-you-mean.ts';
export { findProject } from './find-project.ts';
export { homeFolder, systemHome } from './home-folder.ts';
export { createKeys, readSigningKey } from './keys.ts';
export { packageRoot } from './package-root.ts';
export { readProjectId } from './project-id.ts';
export { readToken, type TokenKind } from './read-token.ts';
export { createRunFolder, type RunFolder, readRunFolders, readTreeJson } from './run-folders.ts';
export { type Scaffold, type Scaffolded, scaffold } from './scaffold.ts';
export { readServerFile, type ServerFile } from './server-file.ts';
export { stateDir, stateHome } from './state-dir.ts';
export { makeStateFolder, writingState } from './state-folder.ts';
export {
  BEAT_STALE_MS,
  type RunLayout,
  runLayout,
  type StateLayout,
  stateLayout,
} from './state-layout.ts';
export { prepareStopMark, readStopMark, readStopReason, type StopMark, setStopMark } from './stop-marker.ts';
export { temporaryFolder } from './temporary-folder.ts';
