import type { NestFastifyApplication } from '@nestjs/platform-fastify';

type Reply = Awaited<ReturnType<NestFastifyApplication['inject']>>;

/** Keeps cookies and says where its requests come from, as a browser does; follows no redirect by itself. */
export class TestBrowser {
  readonly cookies = new Map<string, string>();

  constructor(private readonly app: NestFastifyApplication) {}

  async get(url: string, headers: Record<string, string> = {}): Promise<Reply> {
    return this.send('GET', url, { accept: 'text/html', 'sec-fetch-site': 'none', ...headers });
  }

  async post(
    url: string,
    fields: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<Reply> {
    const type = 'application/x-www-form-urlencoded';
    const all = { accept: 'text/html', 'sec-fetch-site': 'same-origin', 'content-type': type, ...headers };
    const body =
      all['content-type'] === type ? new URLSearchParams(fields).toString() : JSON.stringify(fields);
    return this.send('POST', url, all, body);
  }

  private async send(method: 'GET' | 'POST', url: string, headers: Record<string, string>, payload?: string) {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const reply = await this.app.inject({
      method,
      url,
      headers: cookie ? { ...headers, cookie } : headers,
      payload,
    });
    for (const { name, value } of reply.cookies) {
      if (value) this.cookies.set(name, value);
      else this.cookies.delete(name);
    }
    return reply;
  }
}

/** Where the form of a page goes. */
export function actionOf({ body }: Reply, form = ''): string {
  const found = new RegExp(`<form id="${form || '[^"]*'}" action="([^"]+)"`).exec(body)?.[1];
  if (!found) throw new Error('there is no form on the page');
  return found.replaceAll('&amp;', '&');
}
