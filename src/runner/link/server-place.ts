// Where the server listens now, and a client to speak to it there. It says so in its file when it starts, and may come back on another
// port after a restart.

import { readFileSync } from 'node:fs';
import { faultCode } from '../../core/fault-code.ts';
import { fieldOf } from '../../core/json-object.ts';
import { createClient, type ServerClient } from '../../server/client.ts';

export interface ServerPlace {
  /** Null while no server has said where it is. */
  port(): number | null;
  /** Look again next time. */
  forget(): void;
}

export function serverPlace(serverFile: string): ServerPlace {
  let known: number | null = null;
  return {
    port: () => {
      known ??= readPort(serverFile);
      return known;
    },
    forget: () => {
      known = null;
    },
  };
}

function readPort(serverFile: string): number | null {
  try {
    const port = fieldOf(JSON.parse(readFileSync(serverFile, 'utf8')), 'port');
    return typeof port === 'number' && Number.isInteger(port) && port > 0 && port < 65_536 ? port : null;
  } catch (error) {
    const isUnreadable = error instanceof SyntaxError || faultCode(error) !== null;
    if (isUnreadable) return null;
    throw error;
  }
}

/** Gives a client for where the server is at this moment; null while nobody knows. Kept until the server moves. */
export function clientAt(place: ServerPlace, secret: string): () => ServerClient | null {
  let client: ServerClient | null = null;
  let clientPort: number | null = null;
  return () => {
    const port = place.port();
    if (port === clientPort) return client;
    client?.close();
    client = port === null ? null : createClient({ port, secret });
    clientPort = port;
    return client;
  };
}
