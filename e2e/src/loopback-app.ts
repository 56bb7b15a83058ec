// A program on this machine, to which browsers come back at whatever port was free (RFC 8252 §7.3).
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export class LoopbackApp {
  private readonly server: Server;
  /** What browsers brought last, in the address or in a form. */
  brought = new URLSearchParams();

  private constructor(private readonly host: string) {
    this.server = createServer((request, response) => void this.answer(request, response));
  }

  /** @param host as it stands in an address. */
  static async listen(host = '127.0.0.1'): Promise<LoopbackApp> {
    const app = new LoopbackApp(host);
    const interfaceOf = host === '[::1]' ? '::1' : '127.0.0.1';
    await new Promise<void>((ready, failed) => {
      app.server.once('error', failed).listen(0, interfaceOf, ready);
    });
    return app;
  }

  get back(): string {
    return `http://${this.host}:${(this.server.address() as AddressInfo).port}/back`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((stopped) => this.server.close(stopped));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, search } = new URL(request.url ?? '', this.back);
    const sent = request.method === 'POST' ? await text(request) : search;
    if (pathname === '/back') this.brought = new URLSearchParams(sent);
    response.end('back');
  }
}
