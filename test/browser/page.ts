// A real Chromium on a real server's dashboard, signed in with a one-time link; it keeps every request that the page makes.
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll } from 'vitest';
import type { Scenario } from '../scenario/harness.ts';

export interface Dashboard {
  readonly page: Page;
  /** "METHOD /path" of every request so far. */
  readonly requests: readonly string[];
  /** Errors of the page and violations of its content security policy. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

/** The page holds a button back for a moment after it moved it; a key pressed then does nothing. Until none is held back. */
export async function steady(page: Page): Promise<void> {
  await page.locator('.button[aria-disabled="false"]').first().waitFor();
  await page.locator('.button[aria-disabled="true"]').first().waitFor({ state: 'detached' });
}

/** One for all tests of a file, each in a profile of its own: starting a Chromium takes longer than most of what is tried in it. */
let browser: Promise<Browser> | null = null;

function launched(): Promise<Browser> {
  browser ??= chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-sync',
    ],
  });
  return browser;
}

afterAll(async () => {
  await (await browser)?.close();
  browser = null;
});

export async function openDashboard(
  scenario: Scenario,
  colorScheme: 'light' | 'dark' = 'light',
): Promise<Dashboard> {
  const profile = await (await launched()).newContext({
    colorScheme,
    viewport: { width: 1280, height: 1000 },
  });
  const page = await profile.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => requests.push(`${request.method()} ${request.url()}`));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  const open = await scenario.run(['open', '--json']);
  await page.goto((JSON.parse(open.stdout) as { link: string }).link);
  await page.waitForSelector('#waiting, [aria-labelledby="waiting-title"], h2');
  return { page, requests, complaints, close: () => profile.close() };
}
