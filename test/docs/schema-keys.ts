// Every key that the schemas of the configuration know, found by walking them, so that a key added later is not forgotten.
import * as z from 'zod';
import { agentFile } from '../../src/config/schema/agent-file.ts';
import { policyFile } from '../../src/config/schema/policy-file.ts';
import { projectFile } from '../../src/config/schema/project-file.ts';
import { FIELD_NAMES } from '../../src/core/policy/field-path.ts';
import { OPERATORS } from '../../src/core/policy/rule.ts';

/** Dotted, such as `project.runs.concurrent`; the last word is what is written. */
export function schemaKeys(): readonly string[] {
  const files = { agent: agentFile, policy: policyFile, project: projectFile };
  const ofFiles = Object.entries(files).flatMap(([name, schema]) => keysOf(schema, name));
  return [...new Set([...ofFiles, ...OPERATORS, ...FIELD_NAMES.filter((field) => !field.endsWith('*'))])];
}

function keysOf(schema: unknown, path: string): readonly string[] {
  if (schema instanceof z.ZodObject) {
    const own = Object.entries(schema.shape).flatMap(([key, inner]) => [
      `${path}.${key}`,
      ...keysOf(inner, `${path}.${key}`),
    ]);
    return [...own, ...keysOf(schema.def.catchall, path)];
  }
  if (schema instanceof z.ZodOptional) return keysOf(schema.unwrap(), path);
  if (schema instanceof z.ZodRecord) return keysOf(schema.valueType, path);
  if (schema instanceof z.ZodArray) return keysOf(schema.element, path);
  return schema instanceof z.ZodPipe ? [...keysOf(schema.in, path), ...keysOf(schema.out, path)] : [];
}
