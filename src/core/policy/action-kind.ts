// What sort of thing an action does, for the risk profiles: known action types and tools only. What is not known has no kind, and the
// profiles are silent about it, except for the most careful one.

export const ACTION_KINDS = ['write', 'send', 'execute', 'pay'] as const;
export type ActionKind = (typeof ACTION_KINDS)[number];

const KINDS: ReadonlyMap<string, ActionKind> = new Map<string, ActionKind>([
  ['internal_file_op', 'write'],
  ['write_file', 'write'],
  ['modify_credentials', 'execute'],
  ['publish_content', 'send'],
  ['publish_note', 'send'],
  ['external_api_write', 'send'],
  ['http_request', 'send'],
  ['send_email', 'send'],
  ['git_push', 'send'],
  ['deploy_service', 'execute'],
  ['run_command', 'execute'],
  ['spawn_subagent', 'execute'],
  ['charge_card', 'pay'],
  ['execute_transaction', 'pay'],
  ['purchase', 'pay'],
  ['refund_payment', 'pay'],
]);

export function kindOfAction(action: string): ActionKind | null {
  return KINDS.get(action) ?? null;
}
