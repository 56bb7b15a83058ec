// Somebody at a browser: opens, types, reads.
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { onPath } from '../../tools/debian.mjs';
import { Authenticator } from './authenticator.js';

let browser: Promise<Browser> | undefined;

function chromiumOnPath(): Promise<Browser> {
  browser ??= chromium.launch({
    executablePath: onPath('chromium') ?? onPath('chromium-browser') ?? onPath('google-chrome'),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  return browser;
}

export async function closeBrowser(): Promise<void> {
  await (await browser)?.close();
  browser = undefined;
}

export interface VisitorOptions {
  javaScript?: boolean;
  colorScheme?: 'light' | 'dark';
  viewport?: { width: number; height: number };
}

export class Visitor {
  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
  ) {}

  /** A browser of one's own, with no cookies yet. */
  static async arrive(options: VisitorOptions = {}): Promise<Visitor> {
    const context = await (
      await chromiumOnPath()
    ).newContext({
      javaScriptEnabled: options.javaScript ?? true,
      colorScheme: options.colorScheme ?? 'light',
      viewport: options.viewport ?? { width: 1280, height: 900 },
    });
    context.setDefaultTimeout(15_000);
    return new Visitor(context, await context.newPage());
  }

  /** Another tab of the same browser. */
  async newTab(): Promise<Visitor> {
    return new Visitor(this.context, await this.context.newPage());
  }

  async leave(): Promise<void> {
    await this.context.close();
  }

  async open(url: string): Promise<void> {
    await this.page.goto(url);
  }

  /** Which page this is: `login-login`, `login-login-otp`, … (keycloak.md §6.1) */
  async where(): Promise<string> {
    return (await this.page.locator('body').getAttribute('data-page-id')) ?? this.page.url();
  }

  /** All that can be read on the page. */
  async reads(): Promise<string> {
    return this.page.locator('body').innerText();
  }

  async signIn(username: string, password: string): Promise<void> {
    await this.page.fill('#username', username);
    await this.page.fill('#password', password);
    await this.submit();
  }

  async typeCode(code: string): Promise<void> {
    await this.page.fill('#otp', code);
    await this.submit();
  }

  /** Holds the phone in front of the screen. */
  async scanQrCode(): Promise<Authenticator> {
    return Authenticator.fromPicture(await this.page.screenshot({ fullPage: true }));
  }

  /** The key for typing by hand, without its blanks. */
  async keyToType(): Promise<string> {
    return (await this.page.locator('#kc-totp-secret-key').innerText()).replace(/\s/g, '');
  }

  async confirmDevice(code: string, label?: string): Promise<void> {
    await this.page.fill('#totp', code);
    if (label !== undefined) await this.page.fill('#userLabel', label);
    await this.submit('#saveTOTPBtn');
  }

  /** Presses a button and waits for the page that follows. */
  async submit(button = 'form [type=submit] >> nth=0'): Promise<void> {
    await Promise.all([this.page.waitForEvent('load'), this.page.click(button)]);
  }

  /** Values of all form fields of the page, hidden ones too. */
  async fieldValues(): Promise<string[]> {
    return this.page.$$eval('input, textarea, button', (fields) =>
      fields.map((field) => (field as HTMLInputElement).value),
    );
  }
}
