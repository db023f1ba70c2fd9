// Which tool calls of a governed command were denied, and what to add to --tools where that is what decides.
import { cutText } from '../../core/cut-text.ts';
import { fieldOf, fieldsOf } from '../../core/json-object.ts';
import {
  resourceField,
  type ToolArgument,
  type ToolCall,
  toolArgument,
} from '../../core/policy/tool-argument.ts';
import { decideTool } from '../../core/policy/tool-pattern.ts';
import { visibleLine } from '../../core/visible-text.ts';
import { clientOf } from '../client.ts';
import type { Project } from '../project.ts';
import { inExecWords } from './exec-words.ts';

/** Beside those that were made: whoever wonders why less was done than was asked for finds it here. */
export async function deniedCalls(
  project: Project,
  runId: string,
  toolsSaid: boolean,
): Promise<readonly string[]> {
  const path = `/audit?run_id=${runId}&event_type=tool_call_denied&limit=1000`;
  const answer = await clientOf(project).get(path, 2_000);
  const items = answer.result === 'ok' ? fieldOf(answer.body, 'items') : null;
  return Array.isArray(items) ? items.map((item) => whyDenied(fieldOf(item, 'payload'), toolsSaid)) : [];
}

const LONGEST = 80;
/** Of an agent's folder nothing is known here, and nothing of it decides what is looked at. */
const PLACE = { agentDir: null, cwd: '.' };

/** `payload`: of the event. */
export function whyDenied(payload: unknown, toolsSaid: boolean): string {
  const { tool: named, input, rule, reasons } = fieldsOf(payload);
  const tool = String(named);
  // The record may be told to keep no content.
  const argument = input === undefined ? null : toolArgument({ tool, input }, PLACE);
  const call = argument === null ? tool : `${tool}(${cutText(argument.text, LONGEST)})`;
  if (rule !== 'tools.default') {
    const why: unknown = Array.isArray(reasons) ? reasons[0] : rule;
    return visibleLine(`${call}: ${inExecWords(String(why))}`);
  }
  const pattern = patternFor(tool, argument);
  const denied = toolsSaid ? '--tools does not allow it' : 'without --tools it is not allowed';
  // Any command at all is more than to offer unasked.
  if (pattern === null)
    return visibleLine(`${call}: ${denied}; nothing narrower than ${tool} can be written for it`);
  const allows = JSON.stringify(pattern);
  return visibleLine(
    toolsSaid
      ? `${call}: ${denied}; add ${allows}`
      : `${call}: ${denied}; --tools ${allows} allows it, and only what is named there`,
  );
}

/** The narrowest of those that are easy to type and do allow the call; null for a command that has none. */
function patternFor(tool: string, argument: ToolArgument | null): string | null {
  if (argument?.kind !== 'command') return resourceField(tool) === 'command' ? null : tool;
  const command = argument.text;
  const [program = ''] = command.split(/\s/, 1);
  const narrow = [`${tool}(${command})`, `${tool}(${program} *)`];
  return narrow.find((pattern) => isPlain(pattern) && allows(pattern, { tool, input: { command } })) ?? null;
}

function isPlain(pattern: string): boolean {
  return pattern.length <= LONGEST && /^[\w.:-]+\([^"'`$\\()\n]+\)$/.test(pattern);
}

function allows(pattern: string, call: ToolCall): boolean {
  return decideTool({ allow: [pattern], requireApproval: [], deny: [] }, call, PLACE).effect === 'allow';
}
