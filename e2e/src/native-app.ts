import { system } from './world.js';

/** What the gateway answers to a client that asks for JSON. */
export interface JsonStep {
  login?: string;
  execution?: string;
  code?: string;
  action?: string;
  caller?: string;
  redirectUri?: string;
  form?: {
    page: string;
    message?: { kind: string; text: string };
    fields: { name: string; error?: { text: string } }[];
    blocks?: JsonBlock[];
  };
}

interface JsonBlock {
  kind: string;
  value?: string;
  uri?: string;
  blocks?: JsonBlock[];
}

/** An app without a browser that drives the same login over JSON: with cookies of its own, or as a caller without any. */
export class NativeApp {
  private readonly cookies = new Map<string, string>();

  constructor(private caller?: string) {}

  static withoutCookies(): NativeApp {
    return new NativeApp('new');
  }

  async get(url: string): Promise<JsonStep> {
    return this.step(await this.request(url, { method: 'GET' }));
  }

  async send(step: JsonStep, fields: Record<string, string>): Promise<JsonStep> {
    const url = new URL(step.action ?? '', system.url).href;
    const response = await this.request(url, {
      method: 'POST',
      body: JSON.stringify(fields),
      headers: { 'content-type': 'application/json' },
    });
    return this.step(response);
  }

  async request(url: string, init: RequestInit): Promise<Response> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = {
      accept: 'application/json',
      ...init.headers,
      ...(this.caller ? { 'tumbler-caller': this.caller } : cookie ? { cookie } : {}),
    };
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const set of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      this.cookies.set(name, value);
    }
    return response;
  }

  private async step(response: Response): Promise<JsonStep> {
    const step = (await response.json()) as JsonStep;
    if (this.caller && step.caller) this.caller = step.caller;
    return step;
  }
}

/** The otpauth URI of the QR code in a form, wherever it stands. */
export function qrCodeIn(blocks: JsonBlock[] = []): string {
  for (const block of blocks) {
    if (block.kind === 'qr' && block.value) return block.value;
    const inside = qrCodeIn(block.blocks);
    if (inside) return inside;
  }
  return '';
}
