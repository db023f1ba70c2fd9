// One thing that was looked at: well, worth knowing, or broken, with what to do.

export interface Finding {
  readonly name: string;
  readonly state: 'ok' | 'warn' | 'fail';
  readonly detail: string;
  readonly hint: string | null;
}

export function ok(name: string, detail: string): Finding {
  return { name, state: 'ok', detail, hint: null };
}

export function worthKnowing(name: string, detail: string, hint: string | null = null): Finding {
  return { name, state: 'warn', detail, hint };
}

export function broken(name: string, detail: string, hint: string | null): Finding {
  return { name, state: 'fail', detail, hint };
}
