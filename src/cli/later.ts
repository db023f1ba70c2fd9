// Commands whose names are taken and whose work is still to come: each says so, and what to use meanwhile.

export interface LaterCommand {
  readonly about: string;
  readonly instead: string;
}

/** By what is typed: a command, or a command and its first word. */
export const LATER_COMMANDS: ReadonlyMap<string, LaterCommand> = new Map([
  [
    'mcp',
    {
      about: 'an MCP server in front of the gate',
      instead: 'let the agent post to $GOVERNED_GATEWAY/proposals',
    },
  ],
  [
    'hook',
    {
      about: 'hooks for agent CLIs',
      instead: 'let the agent ask $GOVERNED_GATEWAY/tool-calls before each tool call',
    },
  ],
  [
    'credentials',
    {
      about: 'single-use credentials for agents',
      instead: 'let an executor in actions/ hold the credential: it runs outside of the agent',
    },
  ],
  [
    'report',
    {
      about: 'reports over a period',
      instead: 'use `governed-agents brief`, or `governed-agents audit list --json`',
    },
  ],
  [
    'audit export',
    {
      about: 'writes the record out',
      instead: 'copy audit.jsonl of the state folder: it is the record, one event a line',
    },
  ],
  [
    'audit restore',
    {
      about: 'builds a store from a record',
      instead: 'keep copies with `governed-agents backup FILE`',
    },
  ],
]);
