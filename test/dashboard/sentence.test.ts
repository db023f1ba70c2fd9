import { expect, it } from 'vitest';
import { asSentence } from '../../src/server/dashboard/client/sentence.ts';

it.each([
  ['this link was used already', 'This link was used already.'],
  ['get a fresh one with `governed-agents open`', 'Get a fresh one with `governed-agents open`.'],
  ['there is no agent x', 'There is no agent x.'],
  ['run_usd of noop is $1.00 now', 'run_usd of noop is $1.00 now.'],
  ['claude-coder has no budget', 'claude-coder has no budget.'],
  ['The server did not answer.', 'The server did not answer.'],
  ['its caps are:', 'Its caps are:'],
  ['', ''],
])('makes a sentence of %j', (text, sentence) => {
  expect(asSentence(text)).toBe(sentence);
});
