// Holds the folders of src/ to what each may import, and each package to its one owner. Fails when it read no module.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parseSync } from 'oxc-parser';

const root = resolve(import.meta.dirname, '..');
const src = join(root, 'src');

/** Folder to the folders it may import. `name/file` allows only what starts so. */
const FOLDERS = {
  core: [],
  config: ['core'],
  store: ['core'],
  governor: ['core', 'store'],
  process: ['core'],
  runner: ['core', 'config', 'process', 'server/client', 'server/wire'],
  server: ['core', 'config', 'governor', 'store/read', 'store/open', 'process'],
  'server/wire': ['core'],
  'server/dashboard/client': ['server/wire', 'core'],
  watchdog: ['core', 'config', 'store', 'governor', 'process'],
  cli: ['core', '*/entry', 'config/rules-entry', 'server/offline-entry', 'server/wire'],
};

/** Packages (and Node modules for core) to the folders that may import them. */
const PACKAGES = {
  'better-sqlite3': ['store'],
  'smol-toml': ['config'],
  chokidar: ['config'],
  diff: ['config'],
  commander: ['cli'],
  'cli-table3': ['cli'],
  picocolors: ['cli'],
  execa: ['process'],
  hono: ['server'],
  '@hono/node-server': ['server'],
  'eventsource-parser': ['server'],
  preact: ['server/dashboard/client'],
  zod: ['config', 'server'],
  canonicalize: ['core'],
  re2js: ['core'],
  ibantools: ['core'],
  'libphonenumber-js': ['core'],
  '@secretlint/secretlint-rule-preset-recommend': ['core'],
};
const CORE_MAY_USE = ['node:crypto'];
/** What imports a module of the operator, in a process of its own. */
const IMPORTS_FROM_OUTSIDE = 'server/executors/ready/run-module-program.ts';

const problems = [];
let modules = 0;
let imports = 0;

for (const file of sources(src)) {
  modules += 1;
  const from = relative(src, file);
  for (const specifier of specifiersOf(file)) {
    imports += 1;
    const problem = specifier.startsWith('.')
      ? checkFolder(from, file, specifier)
      : checkPackage(from, specifier);
    if (problem !== null) problems.push(`src/${from}: ${problem}`);
  }
}

if (modules === 0 || imports === 0)
  problems.push(`read ${modules} modules with ${imports} imports: the check covers nothing`);
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
console.log(`imports: ${imports} in ${modules} modules, all as the folders allow`);

function checkFolder(from, file, specifier) {
  const target = relative(src, resolve(dirname(file), specifier));
  if (target.startsWith('..')) {
    return target === join('..', 'package.json') ? null : `imports ${specifier}, outside of src/`;
  }
  const folder = folderOf(from);
  const allowed = FOLDERS[folder];
  if (target === folder || target.startsWith(`${folder}/`)) {
    return folderOf(target) === folder || allowed.some((each) => permits(each, target)) || folder === 'server'
      ? null
      : `imports ${target}, which ${folder} may not`;
  }
  return allowed.some((each) => permits(each, target))
    ? null
    : `imports ${target}; ${folder} may import ${allowed.join(', ') || 'nothing'}`;
}

function permits(allowed, target) {
  if (allowed.startsWith('*/')) return new RegExp(`^[a-z]+/${allowed.slice(2)}\\.ts$`).test(target);
  return target === allowed || target.startsWith(`${allowed}/`) || target === `${allowed}.ts`;
}

function checkPackage(from, specifier) {
  const folder = folderOf(from);
  if (specifier.startsWith('node:')) {
    return folder !== 'core' || CORE_MAY_USE.includes(specifier)
      ? null
      : `core does no I/O, but imports ${specifier}`;
  }
  const name = specifier.startsWith('@')
    ? specifier.split('/').slice(0, 2).join('/')
    : specifier.split('/')[0];
  const owners = PACKAGES[name];
  if (owners === undefined) return `imports ${name}, a package without an owner in scripts/check-imports.mjs`;
  return owners.some((owner) => from.startsWith(`${owner}/`))
    ? null
    : `imports ${name}, which belongs to ${owners.join(', ')}`;
}

/** The longest folder of FOLDERS that a path lies in. */
function folderOf(path) {
  const found = Object.keys(FOLDERS)
    .filter((folder) => path.startsWith(`${folder}/`))
    .sort((a, b) => b.length - a.length)[0];
  if (found === undefined) throw new Error(`src/${path} lies in no folder that the check knows`);
  return found;
}

function specifiersOf(file) {
  const text = readFileSync(file, 'utf8');
  const { module, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0].message}`);
  return [
    ...module.staticImports.map((each) => each.moduleRequest.value),
    ...module.staticExports.flatMap((each) =>
      each.entries.flatMap((entry) => entry.moduleRequest?.value ?? []),
    ),
    ...(file === join(src, IMPORTS_FROM_OUTSIDE) ? [] : module.dynamicImports).map((each) =>
      literal(file, text.slice(each.moduleRequest.start, each.moduleRequest.end)),
    ),
  ];
}

function literal(file, expression) {
  if (!/^'[^']*'$/.test(expression))
    throw new Error(`${file}: import(${expression}) can't be checked; use a string`);
  return expression.slice(1, -1);
}

function* sources(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sources(path);
    else if (/\.tsx?$/.test(entry.name)) yield path;
  }
}
