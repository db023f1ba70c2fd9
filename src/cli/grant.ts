// Standing approvals on their way to the server, as a person writes them on a terminal.
import { InputError } from '../core/fault.ts';
import type { WireGrant } from '../server/wire/grant.ts';
import { bodyOf, clientOf } from './client.ts';
import type { Project } from './project.ts';
import { countOption, untilOption } from './time-option.ts';

export interface GrantWish {
  readonly action_type: string;
  readonly uses: number;
  readonly agent_id?: string | undefined;
  readonly run_id?: string | undefined;
  readonly resource?: string | undefined;
  readonly when?: unknown;
  readonly usd?: number | undefined;
  readonly until?: string | undefined;
  readonly irreversible?: boolean | undefined;
  readonly note?: string | undefined;
}

const MOST_USES = 10_000;

export async function giveGrant(project: Project, wish: GrantWish): Promise<WireGrant> {
  return bodyOf(await clientOf(project).post('/grants', wish)) as WireGrant;
}

export function usesOption(text: string): number {
  return countOption('--uses', text, MOST_USES);
}

export function usdOption(text: string, option = '--usd'): number {
  const usd = /^\d{1,9}(\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isFinite(usd)) return usd;
  throw new InputError({
    code: 'usage',
    message: `${option} ${JSON.stringify(text)} is no amount of dollars`,
    hint: `write for example ${option} 2 or ${option} 0.50`,
  });
}

export function whenOption(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new InputError({
      code: 'usage',
      message: `--when is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: `write conditions as in a rule: --when '{"payload.amount": {"lt": 100}}'`,
    });
  }
}

export function untilText(text: string, nowMs: number): string {
  return new Date(untilOption('--until', text, nowMs)).toISOString();
}
