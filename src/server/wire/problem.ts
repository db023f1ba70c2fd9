// An error as it travels over HTTP: RFC 9457 application/problem+json with a stable `code` and a `hint`.

import { isRecord } from '../../core/json-object.ts';

export interface WireProblem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly hint?: string;
  readonly [extension: string]: unknown;
}

export function isWireProblem(body: unknown): body is WireProblem {
  return isRecord(body) && 'code' in body && 'detail' in body && 'status' in body;
}
