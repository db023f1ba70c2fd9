// The program that the server starts for an approved action of a http-request executor.
import { httpRequest } from './http-request.ts';
import { runAction } from './run-action.ts';

await runAction(httpRequest);
