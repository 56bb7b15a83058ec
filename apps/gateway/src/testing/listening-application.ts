import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Heard {
  path: string;
  /** With its port. */
  host: string;
  type: string;
  body: string;
}

export interface ListeningApplication {
  url(path: string, host?: string): string;
  close(): void;
}

/**
 * An application on this machine that can be told something.
 * @param hear answers with a status, and where that is a redirect, it leads elsewhere
 */
export async function listeningApplication(hear: (heard: Heard) => number): Promise<ListeningApplication> {
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { url: path = '', headers } = request;
      const { host = '', 'content-type': type = '' } = headers;
      response.writeHead(hear({ path, host, type, body }), { location: '/elsewhere' }).end();
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  return {
    url: (path, host = '127.0.0.1') => `http://${host}:${port}${path}`,
    close: () => void server.close(),
  };
}
