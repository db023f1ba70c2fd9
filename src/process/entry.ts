// Everything that other folders may use of processes and their trees; execa and /proc stay behind it.
export { abilities, type ProcessAbilities } from './abilities.ts';
export { acceptsConnections } from './accepts-connections.ts';
export { type Beat, type BeatOptions, startBeat } from './beat.ts';
export { type EndOptions, type EndResult, endTree } from './end-tree.ts';
export { type FreezeOptions, type FreezeResult, freezeTree, freezeTrees } from './freeze-tree.ts';
export { isProgram } from './is-program.ts';
export { type KillOptions, type KillResult, killTree, killTrees } from './kill-tree.ts';
export { identify, isAlive, type ProcessId, parseProcessId } from './process-id.ts';
export { type BeatReading, readBeat } from './read-beat.ts';
export { type ResumeResult, resumeTree } from './resume-tree.ts';
export { type ProgramResult, type RunProgramOptions, runProgram } from './run-program.ts';
export { type Exit, type SpawnedTree, type SpawnTreeOptions, spawnTree } from './spawn-tree.ts';
export { listTree, listTrees, type TreeMember } from './tree.ts';
export type { TreeHandle } from './tree-handle.ts';
export {
  formatProcessJson,
  formatTreeJson,
  parseProcessJson,
  parseTreeJson,
} from './tree-json.ts';
export { workMeter } from './work-meter.ts';
