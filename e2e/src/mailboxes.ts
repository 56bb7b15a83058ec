// The mail server of a realm, on this machine, and the mailboxes behind it.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export class Mailboxes {
  private readonly mails: { to: string; link: string; read: boolean }[] = [];

  private constructor(private readonly server: SMTPServer) {}

  static async open(): Promise<Mailboxes> {
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS', 'AUTH'],
      onData(stream, session, done) {
        let raw = '';
        stream.on('data', (chunk: Buffer) => (raw += chunk.toString()));
        stream.on('end', () => {
          const text = raw.replaceAll(/=\r?\n/g, '').replaceAll('=3D', '=');
          const link = /https?:\/\/\S+key=[\w-]{43}/.exec(text)?.[0] ?? '';
          for (const { address } of session.envelope.rcptTo) {
            mailboxes.mails.push({ to: address, link, read: false });
          }
          done();
        });
      },
    });
    const mailboxes = new Mailboxes(server);
    server.listen(0, '127.0.0.1');
    await once(server.server, 'listening');
    return mailboxes;
  }

  /** The settings of a realm that sends by it. */
  get smtpServer(): Record<string, string> {
    const { port } = this.server.server.address() as AddressInfo;
    return { host: '127.0.0.1', port: String(port), from: 'no-reply@harbour.example' };
  }

  /** The link in the next mail to somebody, as soon as it is there. */
  async nextLink(to: string): Promise<string> {
    for (;;) {
      const mail = this.mails.find((one) => one.to === to && !one.read);
      if (mail) {
        mail.read = true;
        return mail.link;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** How many mails came, read or not. */
  count(to: string): number {
    return this.mails.filter((mail) => mail.to === to).length;
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}
