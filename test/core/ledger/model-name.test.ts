import { expect, it } from 'vitest';
import { isSameModel } from '../../../src/core/ledger/model-name.ts';

it.each([
  ['gpt-5-nano', 'gpt-5-nano-2025-08-07'],
  ['claude-sonnet-4-5', 'claude-sonnet-4-5-20250929'],
  ['gpt-5-nano', 'openai/gpt-5-nano'],
  ['gemini-3-pro', 'models/gemini-3-pro'],
  ['accounts/fireworks/models/llama-9', 'llama-9'],
  ['llama3', 'llama3:latest'],
  ['gpt-5-chat-latest', 'gpt-5-chat'],
  ['gpt-4', 'gpt-4-0613'],
  ['Mistral-Large', 'mistral-large-2411'],
  ['claude-sonnet-4-5', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'],
  ['claude-sonnet-4-5', 'us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0'],
  ['claude-opus-4-6', 'anthropic.claude-opus-4-6-v1'],
  ['claude-sonnet-4-5', 'claude-sonnet-4-5@20250929'],
])('%s and %s are one model', (a, b) => {
  expect([isSameModel(a, b), isSameModel(b, a)]).toEqual([true, true]);
});

it.each([
  ['gpt-5', 'gpt-5-nano'],
  ['gpt-5', 'gpt-5-pro-2025-10-06'],
  ['gpt-5.1', 'gpt-5.2'],
  ['llama3:8b', 'llama3:70b'],
  ['openai/gpt-5', 'openai/gpt-6'],
  ['deepseek-v2', 'deepseek-v3'],
  ['claude-sonnet-4-5', 'us.anthropic.claude-opus-4-1-20250805-v1:0'],
])('%s and %s are two', (a, b) => {
  expect([isSameModel(a, b), isSameModel(b, a)]).toEqual([false, false]);
});
