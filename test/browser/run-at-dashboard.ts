// A project whose server is up and in which a run is registered: what the run sends, what became of it, and the page that a person has
// open meanwhile.
import { Scenario } from '../scenario/harness.ts';
import { type Client, client, registerRun } from '../scenario/load.ts';
import { type Dashboard, openDashboard } from './page.ts';

export class RunAtDashboard {
  readonly scenario: Scenario;
  readonly #load: Client;
  readonly #secret: string;
  #dashboard: Dashboard | null = null;

  private constructor(scenario: Scenario, secret: string) {
    this.scenario = scenario;
    this.#load = client(scenario.port);
    this.#secret = secret;
  }

  /** `edit` changes the project's files before they are accepted. */
  static async create(edit: (scenario: Scenario) => void): Promise<RunAtDashboard> {
    const scenario = await Scenario.create(edit);
    try {
      await scenario.serve();
      return new RunAtDashboard(scenario, (await registerRun(scenario)).secret);
    } catch (error) {
      await scenario.close();
      throw error;
    }
  }

  async open(): Promise<Dashboard> {
    this.#dashboard = await openDashboard(this.scenario);
    return this.#dashboard;
  }

  /** As the run. */
  post(path: string, body: unknown): ReturnType<Client['post']> {
    return this.#load.post(path, body, this.#secret);
  }

  /** The id that the run was answered. */
  async propose(proposal: Readonly<Record<string, unknown>>): Promise<string> {
    const made = await this.post('/proposals', proposal);
    return (JSON.parse(made?.text ?? '{}') as { proposal_id: string }).proposal_id;
  }

  async proposal(id: string): Promise<Record<string, unknown>> {
    return (await this.scenario.asOperator('GET', `/proposals/${id}`)).body;
  }

  async close(): Promise<void> {
    this.#load.close();
    await this.#dashboard?.close();
    await this.scenario.close();
  }
}
