// The tasks of an agent: each Markdown file in its tasks/, with the few settings its front matter may have.
import * as z from 'zod';
import { InputError } from '../../core/fault.ts';
import type { TaskRules } from '../../core/rules/rules.ts';
import type { Bundle } from '../files/bundle.ts';
import { dollars, duration, line } from '../schema/field.ts';
import { splitFrontMatter } from './front-matter.ts';
import type { ProblemList } from './problem-list.ts';
import { ruleText } from './rule-text.ts';

const NAME = /^[A-Za-z0-9][\w.-]{0,99}$/;

const settingsTable = z.strictObject({
  budget_usd: dollars.optional(),
  timeout: duration.optional(),
  model: line('write the model’s name').optional(),
});

export function parseTasks(
  bundle: Bundle,
  agentFolder: string,
  problems: ProblemList,
): ReadonlyMap<string, TaskRules> {
  const tasks = new Map<string, TaskRules>();
  for (const path of bundle.files.keys()) {
    const name = taskName(path, agentFolder);
    if (name === null) continue;
    const task = NAME.test(name) ? parseTask(bundle, path, name, problems) : null;
    if (task !== null) tasks.set(name, task);
    if (NAME.test(name)) continue;
    const hint = 'use letters, digits, _ . and - in the name of a task’s file';
    problems.add(
      new InputError({
        code: 'invalid_name',
        message: `${JSON.stringify(name)} is not a task’s name`,
        path,
        line: 1,
        hint,
      }),
    );
  }
  return tasks;
}

function taskName(path: string, agentFolder: string): string | null {
  const folder = `${agentFolder}/tasks/`;
  if (!path.startsWith(folder) || !path.endsWith('.md')) return null;
  const file = path.slice(folder.length, -'.md'.length);
  return file.includes('/') ? null : file;
}

function parseTask(bundle: Bundle, path: string, name: string, problems: ProblemList): TaskRules | null {
  const text = ruleText(bundle, path, problems);
  if (text === null) return null;
  const split = splitFrontMatter(path, text);
  if (split.result === 'invalid') {
    problems.add(split.problem);
    return null;
  }
  const document = split.result === 'none' ? null : problems.readDocument(path, split.toml, split.firstLine);
  const settings = document === null ? {} : problems.check(settingsTable, document);
  return {
    name,
    text: split.body.trim(),
    budgetUsd: settings?.budget_usd ?? null,
    timeoutMs: settings?.timeout ?? null,
    model: settings?.model ?? null,
  };
}
