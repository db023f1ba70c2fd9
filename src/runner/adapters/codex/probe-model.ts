// The model for the probe of Codex, which speaks OpenAI's Responses: each answer is the next step of what is tried.
import { type ProbeServer, probeServer } from '../probe-server.ts';

/** Gets what was sent so far, which holds what earlier steps came to. */
export type ProbeStep = (sent: string) => readonly unknown[];

const DONE = [
  {
    type: 'message',
    role: 'assistant',
    id: 'msg_probe',
    content: [{ type: 'output_text', text: 'done', annotations: [] }],
  },
];
const USAGE = {
  input_tokens: 1,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: 1,
  total_tokens: 2,
};

export function probeModel(steps: readonly ProbeStep[]): Promise<ProbeServer> {
  let turn = 0;
  return probeServer(({ method, path, body }) => {
    if (method !== 'POST' || !path.endsWith('/responses')) return null;
    const items = steps[turn]?.(body) ?? DONE;
    turn += 1;
    const answer = { id: `resp_${turn}`, output: items, usage: USAGE };
    return [
      { type: 'response.created', response: { id: answer.id } },
      ...items.map((item, at) => ({ type: 'response.output_item.done', output_index: at, item })),
      { type: 'response.completed', response: answer },
    ];
  });
}
