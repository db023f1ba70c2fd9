// The port that the rules in force ask for. Before the first accept it is what governed.toml asks for, if it can be read: a port on
// loopback loosens nothing, and the dashboard is where the rules can be accepted.
import { parseRules, readBundle } from '../../config/rules-entry.ts';
import { InputError } from '../../core/fault.ts';
import type { RulesInForce } from '../rules/in-force.ts';

const DEFAULT_PORT = 8005;

export async function portOfRules(rules: RulesInForce, projectDir: string): Promise<number> {
  const accepted = rules.current();
  if (accepted !== null) return accepted.rules.port;
  try {
    const parsed = parseRules(await readBundle(projectDir));
    return parsed.result === 'rules' ? parsed.rules.port : DEFAULT_PORT;
  } catch (error) {
    if (error instanceof InputError) return DEFAULT_PORT;
    throw error;
  }
}
