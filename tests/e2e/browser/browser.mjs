// Debian's Chromium, and what the tests do with the page again and again.
import { chromium } from 'playwright-core';

export const CHROMIUM = '/usr/bin/chromium';
const ARGUMENTS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];

export function launch(more = []) {
  return chromium.launch({ executablePath: CHROMIUM, args: [...ARGUMENTS, ...more] });
}

// A context that notes what a careful page never does: asks elsewhere, breaks its policy, throws.
export async function newContext(browser, venue, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 },
    locale: 'en-GB', colorScheme: 'dark', reducedMotion: 'reduce', ...options });
  context.faults = [];
  context.setDefaultTimeout(Number(process.env.CAMBIST_BROWSER_MS ?? 15_000));
  await context.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => {
      console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  context.on('request', (request) => {
    const url = new URL(request.url());
    if (['data:', 'blob:'].includes(url.protocol)) return;
    if (url.host !== new URL(venue.url).host) context.faults.push(`outside request: ${url}`);
  });
  context.on('page', (page) => {
    page.on('pageerror', (error) => context.faults.push(`thrown: ${error.message}`));
    page.on('websocket', (socket) => {
      const { host } = new URL(socket.url());
      if (host !== new URL(venue.url).host) context.faults.push(`outside socket: ${socket.url()}`);
    });
    page.on('console', (message) => {
      // A refusal or a dead venue is a failed request, which Chromium notes by itself.
      const known = /^Failed to load resource|^WebSocket connection to .* failed/;
      if (message.type() === 'error' && !known.test(message.text())) {
        context.faults.push(`console: ${message.text()}`);
      }
    });
  });
  return context;
}

export async function open(context, venue) {
  const page = await context.newPage();
  await page.goto(venue.url);
  await live(page);
  return page;
}

export function live(page, timeout = 30_000) {
  return page.waitForSelector('[data-link="live"]', { timeout });
}

export async function signIn(page, account) {
  await page.locator('[data-sign-in]').click();
  await page.locator(`[data-account-choice="${account}"]`).click();
  await page.waitForSelector(`[data-account="${account}"]`);
  await page.waitForFunction(() => {
    const button = document.querySelector('[data-send]');
    return button instanceof HTMLButtonElement && !button.disabled;
  });
}

export async function fill(page, values) {
  for (const [name, value] of Object.entries(values)) {
    await page.locator(`[data-field="${name}"]`).fill(value);
  }
}

// Through the form and its question.
export async function send(page, side, values) {
  await page.locator(`[data-side="${side}"]`).click();
  await fill(page, values);
  await page.locator('[data-send]').click();
  await page.locator('[data-confirm]').click();
  await page.waitForSelector('dialog', { state: 'detached' });
}

export function said(page, tone, text) {
  return page.locator(`[data-say="${tone}"]`, { hasText: text }).first().waitFor();
}

export async function rowsOf(page, selector) {
  return await page.locator(selector).allInnerTexts();
}
