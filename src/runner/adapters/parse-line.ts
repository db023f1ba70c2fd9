// One line of an agent CLI's output: a JSON object, or nothing that means anything here.
import { isRecord } from '../gateway/anthropic/usage.ts';

export function parseLine(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
