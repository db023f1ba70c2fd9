// The documentation names everything there is: every command, every route, every configuration key. What it shows as TOML is read by the
// real parser.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMAND_GROUPS } from '../../src/cli/command-table.ts';
import { LATER_COMMANDS } from '../../src/cli/later.ts';
import { ACTION_KINDS, kindOfAction } from '../../src/core/policy/action-kind.ts';
import { FIELD_NAMES } from '../../src/core/policy/field-path.ts';
import { OPERATORS } from '../../src/core/policy/rule.ts';
import { type AppFixture, createAppFixture } from '../server/app-fixture.ts';
import { eventTypes } from './event-types.ts';
import { schemaKeys } from './schema-keys.ts';
import { tomlExamples, whyNotRead } from './toml-examples.ts';

const docs = (name: string): string =>
  readFileSync(join(import.meta.dirname, '../../docs', name), 'utf8').replaceAll('\r\n', '\n');

/** What stands in a code span or a heading counts; a word of a sentence does not. */
function isNamed(text: string, name: string): boolean {
  const spans = text.match(/`[^`\n]+`|^#+ .*$/gm) ?? [];
  const bounded = new RegExp(`(^|[^\\w-])${escaped(name)}($|[^\\w-])`);
  return spans.some((span) => bounded.test(span));
}

function escaped(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&');
}

describe('docs/commands.md', () => {
  const text = docs('commands.md');
  const commands = COMMAND_GROUPS.flatMap((group) => group.commands.map(({ name }) => name));

  it('has a section for every command', () => {
    expect(commands.length).toBeGreaterThan(20);
    const sections = new Set([...text.matchAll(/^## (.+)$/gm)].map(([, title]) => title));
    expect(commands.filter((name) => !sections.has(name))).toEqual([]);
  });

  it('lists what is not available yet, and nothing that is', () => {
    const later = text.slice(text.indexOf('\n## Not available yet'));
    expect(LATER_COMMANDS.size).toBeGreaterThan(0);
    expect([...LATER_COMMANDS.keys()].filter((name) => !isNamed(later, name))).toEqual([]);
    const listed = [...later.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name ?? '');
    expect(listed.filter((name) => !LATER_COMMANDS.has(name) && !name.includes(' --'))).toEqual([]);
  });
});

describe('docs/http-api.md', () => {
  let app: AppFixture;
  beforeAll(async () => {
    app = await createAppFixture();
  });
  afterAll(() => app.close());

  it('lists every route, and none that does not exist', () => {
    const table = docs('http-api.md').matchAll(/^\| `((?:GET|POST|DELETE) \/[^`?]*)` \|/gm);
    const listed = [...table].map(([, route]) => route ?? '').sort();
    const real = app.routes
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)
      .sort();
    expect(real.length).toBeGreaterThan(40);
    expect(listed).toEqual(real);
  });
});

describe('the types of events in docs/http-api.md', () => {
  const text = docs('http-api.md');
  const table = /^\| about \| event types \|\n([\s\S]*?)\n\n/m.exec(text)?.[1] ?? '';
  const listed = [...table.matchAll(/`(\w+)`/g)].map(([, name]) => name ?? '');
  const { names, beginnings } = eventTypes();

  it('are all that are recorded, each once, and no others', () => {
    expect(names.length).toBeGreaterThan(40);
    expect(beginnings.length).toBeGreaterThan(0);
    expect(names.filter((name) => !listed.includes(name))).toEqual([]);
    const isRecorded = (name: string): boolean =>
      names.includes(name) || beginnings.some((beginning) => name.startsWith(beginning));
    expect(listed.filter((name) => !isRecorded(name))).toEqual([]);
    expect(new Set(listed).size).toBe(listed.length);
  });
});

describe('docs/configuration.md', () => {
  // What conditions are made of stands on a page of its own.
  const text = docs('configuration.md') + docs('rules.md');

  it('names every key of the schemas', () => {
    const keys = schemaKeys();
    expect(keys.length).toBeGreaterThan(100);
    const missing = keys.filter((key) => !isNamed(text, key.split('.').at(-1) ?? key));
    expect(missing).toEqual([]);
  });
});

describe('docs/rules.md', () => {
  const text = docs('rules.md');
  const ready = readdirSync(join(import.meta.dirname, '../../templates/rules'));

  it.each([
    ['path', FIELD_NAMES],
    ['operator', OPERATORS],
    ['kind of action', ACTION_KINDS],
    ['ready-made file', ready],
  ])('names every %s', (_what, names) => {
    expect(names.length).toBeGreaterThan(3);
    expect(names.filter((name) => !isNamed(text, name))).toEqual([]);
  });

  it('gives every known action its kind', () => {
    const rows = [...text.matchAll(/^\| `(write|send|execute|pay)` \| (`.+`) \|$/gm)];
    const listed = rows.flatMap(([, kind, names]) =>
      [...(names ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => [name, kind]),
    );
    expect(listed.length).toBe(16);
    for (const [name, kind] of listed) expect([name, kindOfAction(name ?? '')]).toEqual([name, kind]);
  });
});

describe('TOML in the documentation', () => {
  const examples = ['agent-clis.md', 'configuration.md', 'executors.md', 'writing-an-agent.md'].flatMap(
    (name) => tomlExamples(docs(name)).map((example) => ({ ...example, name })),
  );

  it('is there for each kind of file', () => {
    const kinds = new Set(examples.map(({ path }) => path));
    expect([...kinds].sort()).toEqual(['agents/example/agent.toml', 'governed.toml', 'policy.toml']);
  });

  it.each(examples)('is read by the parser: $name, line $line', ({ path, toml }) => {
    expect(whyNotRead(path, toml)).toEqual([]);
  });
});
