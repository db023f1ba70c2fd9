// Whether a standing approval speaks of an action at all: its action, what it acts on, and who acts. Patterns match narrowly, as those
// of [tools] allow do, and what can't be told is not covered: in doubt a person is asked.
import { matchPathGlob } from '../policy/glob.ts';
import type { ToolCall, ToolPlace } from '../policy/tool-argument.ts';
import { decideTool } from '../policy/tool-pattern.ts';

export interface GrantPattern {
  /** An action type, or the beginning of some with `*` at its end. */
  readonly action: string;
  /** What may be acted on; null: anything. `*` stays between slashes, `**` crosses them; of a tool call as in [tools] allow. */
  readonly resource: string | null;
  /** Null: every agent. */
  readonly agentId: string | null;
  /** Null: every run. */
  readonly runId: string | null;
  /** Also what the agent itself calls irreversible. */
  readonly irreversible: boolean;
}

export interface GrantSubject {
  readonly action: string;
  readonly resource: string | null;
  readonly agentId: string | null;
  readonly runId: string | null;
  readonly reversible: boolean | null;
  readonly requiresApproval: boolean | null;
  /** The tool call behind it, when there is one. */
  readonly heldCall: { readonly call: ToolCall; readonly place: ToolPlace } | null;
}

const ACTION_PATTERN = /^[A-Za-z_][\w.:-]{0,127}\*?$/;
const LONGEST_RESOURCE = 300;

/** Null when the pattern can be granted; else what is wrong with it. */
export function whyNoPattern({ action, resource }: Pick<GrantPattern, 'action' | 'resource'>): string | null {
  if (!ACTION_PATTERN.test(action)) {
    return 'the action is an action type such as send_email, or the beginning of some with * at its end';
  }
  if (action === 'tool:*') return 'a grant names its tool: tool:Bash, not tool:*';
  if (resource === null) return null;
  return resource === '' || resource.length > LONGEST_RESOURCE
    ? `the resource is a pattern of at most ${LONGEST_RESOURCE} characters`
    : null;
}

export function grantCovers(pattern: GrantPattern, subject: GrantSubject): boolean {
  // What the agent itself asks a person for stays with a person: its words only tighten.
  if (subject.requiresApproval === true) return false;
  if (subject.reversible === false && !pattern.irreversible) return false;
  if (pattern.agentId !== null && pattern.agentId !== subject.agentId) return false;
  if (pattern.runId !== null && pattern.runId !== subject.runId) return false;
  if (!coversAction(pattern.action, subject.action)) return false;
  // Only a tool call is one: a proposal that takes such a name has no tool behind it.
  if (subject.action.startsWith('tool:') && subject.heldCall === null) return false;
  return pattern.resource === null || coversResource(pattern.resource, subject);
}

function coversAction(pattern: string, action: string): boolean {
  if (!pattern.endsWith('*')) return pattern === action;
  return (
    action.startsWith(pattern.slice(0, -1)) && (pattern.startsWith('tool:') || !action.startsWith('tool:'))
  );
}

function coversResource(pattern: string, { resource, heldCall }: GrantSubject): boolean {
  if (heldCall !== null) {
    const rules = { allow: [`${heldCall.call.tool}(${pattern})`], requireApproval: [], deny: [] };
    return decideTool(rules, heldCall.call, heldCall.place).effect === 'allow';
  }
  if (resource === null) return false;
  // Nothing climbs out of what a pattern with stars names.
  if (resource !== pattern && resource.split('/').includes('..')) return false;
  return matchPathGlob(pattern, resource);
}
