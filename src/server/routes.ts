// Every route there is. What comes first wins where two paths fit: `/runs/me/end` stands before `/runs/:id/end`.
import { proposalRoutes } from './agent/proposals.ts';
import { registerRunRoutes } from './agent/register-run.ts';
import { reservationRoutes } from './agent/reservations.ts';
import { runLifeRoutes } from './agent/run-life.ts';
import { toolCallRoutes } from './agent/tool-calls.ts';
import type { ServerContext } from './context.ts';
import { boardRoutes } from './operator/board-routes.ts';
import { decisionRoutes } from './operator/decisions.ts';
import { grantRoutes } from './operator/grant-routes.ts';
import { laterRoutes } from './operator/later-routes.ts';
import { loosenRoutes } from './operator/loosen-routes.ts';
import { policyRoutes } from './operator/policy-routes.ts';
import { proposalListRoutes } from './operator/proposal-list.ts';
import { recordRoutes } from './operator/record-routes.ts';
import { rulesRoutes } from './operator/rules-routes.ts';
import { runRoutes } from './operator/run-routes.ts';
import { sessionRoutes } from './operator/session.ts';
import { shellRoutes } from './operator/shell.ts';
import { simulationRoutes } from './operator/simulation-routes.ts';
import { spendRoutes } from './operator/spend-routes.ts';
import { statusRoutes } from './operator/status-routes.ts';
import { stopRoutes } from './operator/stop-routes.ts';
import type { Route } from './route.ts';

export function allRoutes(context: ServerContext, dashboardDir: string): Route[] {
  return [
    ...shellRoutes(dashboardDir),
    ...statusRoutes(context),
    ...sessionRoutes(context),
    ...registerRunRoutes(context),
    ...runLifeRoutes(context),
    ...proposalRoutes(context),
    ...toolCallRoutes(context),
    ...reservationRoutes(context),
    ...proposalListRoutes(context),
    ...decisionRoutes(context),
    ...grantRoutes(context),
    ...runRoutes(context),
    ...boardRoutes(context),
    ...spendRoutes(context),
    ...recordRoutes(context),
    ...rulesRoutes(context),
    ...policyRoutes(context),
    ...simulationRoutes(context),
    ...stopRoutes(context),
    ...loosenRoutes(context),
    ...laterRoutes(),
  ];
}
