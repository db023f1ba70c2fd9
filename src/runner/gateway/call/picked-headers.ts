// Headers travel on by name alone: what is not picked stays here.
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';

export function picked(headers: IncomingHttpHeaders, names: readonly string[]): OutgoingHttpHeaders {
  const found: OutgoingHttpHeaders = {};
  for (const name of names) if (headers[name] !== undefined) found[name] = headers[name].toString();
  return found;
}
