// A program on this machine, to which browsers come back at whatever port was free (RFC 8252 §7.3).
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export class LoopbackApp {
  private constructor(
    private readonly server: Server,
    readonly back: string,
  ) {}

  static async listen(): Promise<LoopbackApp> {
    const server = createServer((_request, response) => response.end('back'));
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    return new LoopbackApp(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}/back`);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((stopped) => this.server.close(stopped));
  }
}
