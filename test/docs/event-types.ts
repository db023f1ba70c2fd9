// Every type of event that our code records, found where it is recorded, so that a type added later is not forgotten.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const SOURCE = join(import.meta.dirname, '../../src');
/** What stands behind `eventType:` up to the next field, and the flags, which are named in a type of their own. */
const RECORDED = /\beventType:([\s\S]*?)(?:,\n|;\n)|export type Flag =([\s\S]*?);/g;

export interface EventTypes {
  readonly names: readonly string[];
  /** Of types that are put together, such as action_${outcome}. */
  readonly beginnings: readonly string[];
}

export function eventTypes(): EventTypes {
  const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
    .filter((name) => /^(core|governor|server|watchdog)\/.*\.ts$/.test(name) && !name.includes('/client/'))
    .map((name) => readFileSync(join(SOURCE, name), 'utf8'));
  const recorded = files.flatMap((text) =>
    [...text.matchAll(RECORDED)].map(([, event, flags]) => event ?? flags ?? ''),
  );
  return {
    names: unique(recorded, /'([a-z]+(?:_[a-z]+)+)'/g),
    beginnings: unique(recorded, /`([a-z_]+)\$\{/g),
  };
}

function unique(texts: readonly string[], pattern: RegExp): readonly string[] {
  const found = texts.flatMap((text) => [...text.matchAll(pattern)].map(([, name]) => name ?? ''));
  return [...new Set(found)].sort();
}
