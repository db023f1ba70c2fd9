// Answers what Codex asks: every call that a command or a patch amounts to is judged, and all of them must be allowed. Why not is told to
// the model, since Codex itself only says no. What is complete without having been allowed went past the gate.
import { textOf } from '../../../core/json-object.ts';
import type { ToolGate, ToolVerdict } from '../tool-gate.ts';
import { type Approval, type CodexItem, decision } from './message.ts';
import { type ToolCall, toolCallsOf } from './tool-calls.ts';

export interface AskedOptions {
  readonly tools: ToolGate;
  readonly cwd: string;
  readonly offersSubagents: boolean;
  readonly onBypass: (why: string) => void;
  readonly send: (message: unknown) => void;
  /** Resolves when it has answered, or does not. */
  readonly request: (method: string, params: unknown) => Promise<void>;
  readonly threadId: () => string | null;
}

export interface Asked {
  answer(approval: Approval): Promise<void>;
  hear(stage: 'started' | 'completed', item: CodexItem): void;
}

/** How what the model is told begins. */
export const NOT_ALLOWED = 'governed-agents did not allow';

/** What does something, whoever carries it out; other items only say something. */
const ACTS = new Set([
  'commandExecution',
  'fileChange',
  'mcpToolCall',
  'dynamicToolCall',
  'imageView',
  'imageGeneration',
  'webSearch',
]);

export function askedOf(options: AskedOptions): Asked {
  const { tools, send, onBypass } = options;
  const items = new Map<string, CodexItem>();
  const allowed = new Map<string, readonly ToolCall[]>();

  const judge = async (calls: readonly ToolCall[]): Promise<string | null> => {
    if (calls.length === 0) return 'it can’t be told what this would do';
    const verdicts = await Promise.all(calls.map((call) => tools.judge(call.callId, call.tool, call.input)));
    const whys = verdicts.map((verdict, at) => whyNot(verdict, calls[at]?.input));
    return whys.find((why) => why !== null) ?? null;
  };

  const subagent = async (item: CodexItem): Promise<void> => {
    if (!options.offersSubagents) return onBypass('it started a subagent, which it was not offered');
    if (item.fields['tool'] !== 'spawnAgent') return;
    const verdict = await tools.judge(item.id, 'Agent', { prompt: item.fields['prompt'] ?? '' });
    // It is not asked about beforehand, so a rule that denies it can only end it all.
    if (verdict.verdict === 'deny') onBypass(`it started a subagent: ${verdict.message}`);
  };

  return {
    async answer(approval) {
      const { itemId, requestId, turnId } = approval;
      const calls = toolCallsOf(approval, items.get(itemId), options.cwd);
      const why = await judge(calls);
      if (why === null) allowed.set(itemId, [...(allowed.get(itemId) ?? []), ...calls]);
      // Told before the answer, or the model would be asked once more to hear it.
      else await options.request('turn/steer', steer(options.threadId(), turnId, calls, why));
      send(decision(requestId, why === null));
    },
    hear(stage, item) {
      if (stage === 'started') {
        items.set(item.id, item);
        if (item.type === 'collabAgentToolCall') void subagent(item);
        return;
      }
      items.delete(item.id);
      if (!ACTS.has(item.type) || item.status === 'declined') return;
      const calls = allowed.get(item.id);
      if (calls === undefined) {
        // A command that could not even be started is one that did nothing.
        if (item.status === 'completed' || item.status === null || item.fields['exitCode'] !== null) {
          onBypass(`a tool ran without asking first (${item.type} ${item.id.slice(0, 100)})`);
        }
        return;
      }
      for (const { callId } of calls) tools.report(callId, item.status !== 'failed', outcomeOf(item));
    },
  };
}

/** Codex runs what it asked for, or nothing: what a person made of it can only be told to the model. */
function whyNot(verdict: ToolVerdict, input: ToolCall['input'] | undefined): string | null {
  if (verdict.verdict === 'deny') return verdict.message;
  if (JSON.stringify(verdict.input) === JSON.stringify(input)) return null;
  return `a person changed it before approving: ask for exactly this instead: ${JSON.stringify(verdict.input)}`;
}

function steer(threadId: string | null, turnId: string, calls: readonly ToolCall[], why: string): unknown {
  const what = calls
    .map(({ tool, input }) => `${tool} ${textOf(input['command'] ?? input['file_path'])}`)
    .join(', ');
  const text = `${NOT_ALLOWED} ${what.slice(0, 500) || 'this'}: ${why}`;
  return { threadId, expectedTurnId: turnId, input: [{ type: 'text', text, text_elements: [] }] };
}

function outcomeOf({ fields }: CodexItem): unknown {
  const { exitCode, aggregatedOutput, status } = fields;
  return exitCode === undefined ? { status } : { exit_code: exitCode, output: aggregatedOutput ?? '' };
}
