// Everything that the command line may use of the runner.
export { findProgram } from './adapters/find-program.ts';
export { operatorHome } from './confine/operator-home.ts';
export { covers } from './confine/path-cover.ts';
export type { SelfTest } from './confine/tier.ts';
export { tryAnew } from './confine/try-here.ts';
export { keyFilePath } from './gateway/key-file.ts';
export { findCodexLogin } from './login/codex-login.ts';
export { ownLogin } from './login/own-login.ts';
export { type RunAgentOptions, runAgent } from './run-agent.ts';
export type { RunObserver, RunState } from './run-observer.ts';
export type { RunHandle, RunResult, StartResult } from './run-result.ts';
