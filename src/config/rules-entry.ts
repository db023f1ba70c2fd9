// What other folders use to read, compare, watch and run the governing files. It loads the schemas and their parsers.
export { type Bundle, type BundleFile, EXECUTABLE, makeBundle } from './files/bundle.ts';
export { diffBundles, type FileChange } from './files/bundle-diff.ts';
export { materialize, type Snapshot } from './files/materialize.ts';
export { readBundle } from './files/read-bundle.ts';
export { type CommandPlace, resolveCommand } from './files/resolve-command.ts';
export { type FileWatch, type FileWatcher, watchFiles } from './files/watch-files.ts';
export { readGrantConditions } from './policy/grant-conditions.ts';
export { type ParsedRules, parseRules } from './rules/parse-rules.ts';
export { whyNoBaseUrl } from './schema/provider-table.ts';
