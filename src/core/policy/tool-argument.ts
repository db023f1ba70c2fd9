// Decides what a tool pattern is matched against: the command, path or address of the call, else the canonical JSON of its whole
// input. For a tool we know, only its own argument counts, so that an extra field can't stand in for the one that acts.
import { canonicalJson } from '../canonical.ts';
import { fieldOf } from '../json-object.ts';

export interface ToolCall {
  readonly tool: string;
  readonly input: unknown;
}

/** Where a run stands, for paths: both are needed to tell what a path really names. */
export interface ToolPlace {
  /** Absolute path of the agent's folder, when it is known. */
  readonly agentDir: string | null;
  /** The run's working folder, relative to the agent's folder. */
  readonly cwd: string;
}

export type ToolArgument =
  | { readonly kind: 'command'; readonly text: string }
  /** Relative to the agent's folder where it lies inside, absolute elsewhere. */
  | { readonly kind: 'path'; readonly text: string }
  | { readonly kind: 'url'; readonly text: string }
  | { readonly kind: 'json'; readonly text: string }
  /** The argument that acts is missing or makes no sense. */
  | { readonly kind: 'unreadable'; readonly text: string };

type Field = 'command' | 'file_path' | 'notebook_path' | 'path' | 'url';

/** Several fields of a search say where it looks, so its whole input is the argument. */
const KNOWN_TOOLS: Readonly<Record<string, Field | 'whole input'>> = {
  Bash: 'command',
  Edit: 'file_path',
  Glob: 'whole input',
  Grep: 'whole input',
  LS: 'path',
  MultiEdit: 'file_path',
  NotebookEdit: 'notebook_path',
  Read: 'file_path',
  WebFetch: 'url',
  Write: 'file_path',
};

/** The tools whose argument is known here. */
export const KNOWN_TOOL_NAMES: readonly string[] = Object.keys(KNOWN_TOOLS);

const FIELDS_OF_OTHER_TOOLS: readonly Field[] = ['command', 'file_path', 'url'];

/** The field of its input that names what a tool acts on; null where that can't be told, or is the whole input. */
export function resourceField(tool: string): string | null {
  const known = Object.hasOwn(KNOWN_TOOLS, tool) ? KNOWN_TOOLS[tool] : undefined;
  return known === undefined || known === 'whole input' ? null : known;
}

export function toolArgument(call: ToolCall, place: ToolPlace): ToolArgument {
  const json = canonicalJson(call.input);
  const known = Object.hasOwn(KNOWN_TOOLS, call.tool) ? KNOWN_TOOLS[call.tool] : undefined;
  if (known === 'whole input') return { kind: 'json', text: json };
  if (known !== undefined) {
    const value = textIn(call.input, known);
    return value === undefined ? { kind: 'unreadable', text: json } : readField(known, value, json, place);
  }
  const present = FIELDS_OF_OTHER_TOOLS.filter((field) => textIn(call.input, field) !== undefined);
  const [only] = present;
  const value = only === undefined || present.length > 1 ? undefined : textIn(call.input, only);
  return only === undefined || value === undefined
    ? { kind: 'json', text: json }
    : readField(only, value, json, place);
}

function textIn(input: unknown, field: Field): string | undefined {
  const value = fieldOf(input, field);
  return typeof value === 'string' ? value : undefined;
}

function readField(field: Field, value: string, json: string, place: ToolPlace): ToolArgument {
  if (field === 'command') return { kind: 'command', text: value.trim() };
  if (field === 'url') return readUrl(value, json);
  // Some tools read `~` as the home folder, others as a name.
  const ambiguous = value === '' || value.startsWith('~') || value.includes('\0');
  return ambiguous ? { kind: 'unreadable', text: json } : { kind: 'path', text: realPath(value, place) };
}

/** A user name in an address only ever disguises its host. */
function readUrl(value: string, json: string): ToolArgument {
  if (!URL.canParse(value)) return { kind: 'unreadable', text: json };
  const url = new URL(value);
  if (url.username !== '' || url.password !== '') return { kind: 'unreadable', text: json };
  return { kind: 'url', text: url.href };
}

/** Resolves `.` and `..` by the text alone; a symbolic link is not seen here. */
function realPath(path: string, place: ToolPlace): string {
  const root = (place.agentDir ?? '').split('/').filter((part) => part !== '');
  const from = path.startsWith('/') ? [] : [...root, ...place.cwd.split('/')];
  const parts: string[] = [];
  let above = 0;
  for (const part of [...from, ...path.split('/')]) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) above += 1;
  }
  if (!path.startsWith('/') && place.agentDir === null) {
    return [...Array<string>(above).fill('..'), ...parts].join('/') || '.';
  }
  const inside = place.agentDir !== null && root.every((part, index) => parts[index] === part);
  return inside ? parts.slice(root.length).join('/') || '.' : `/${parts.join('/')}`;
}
