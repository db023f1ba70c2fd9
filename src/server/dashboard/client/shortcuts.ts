// Which key presses are commands: plain letters outside of fields, never a repeated or modified one, and none while a
// dialog is open.

export type Shortcut = 'next' | 'previous' | 'approve' | 'reject' | 'edit' | 'grant' | 'help';

const SHORTCUTS: ReadonlyMap<string, Shortcut> = new Map([
  ['j', 'next'],
  ['k', 'previous'],
  ['a', 'approve'],
  ['r', 'reject'],
  ['e', 'edit'],
  ['g', 'grant'],
  ['?', 'help'],
]);

export interface KeyPress {
  readonly key: string;
  readonly repeat: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly isComposing: boolean;
}

export function shortcutFor(press: KeyPress, inField: boolean): Shortcut | null {
  if (inField || press.repeat || press.isComposing || press.ctrlKey || press.metaKey || press.altKey)
    return null;
  return SHORTCUTS.get(press.key) ?? null;
}
