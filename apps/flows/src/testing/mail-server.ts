import { SMTPServer } from 'smtp-server';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

export interface ReceivedMail {
  to: string[];
  from: string;
  raw: string;
  /** The key of the link in it. */
  key: string;
}

/** A mail server on this machine that keeps what it gets. */
export class MailServer {
  readonly received: ReceivedMail[] = [];
  /** How many mails it turns away before it takes one. */
  refusals = 0;

  private constructor(private readonly server: SMTPServer) {}

  static async open(): Promise<MailServer> {
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      onAuth({ username, password }, _, done) {
        const isRight = username === 'mailer' && password === 'mailer-password';
        done(isRight ? null : new Error('wrong'), isRight ? { user: 'mailer' } : undefined);
      },
      onData(stream, session, done) {
        let raw = '';
        stream.on('data', (chunk: Buffer) => (raw += chunk.toString()));
        stream.on('end', () => {
          if (mails.refusals > 0) {
            mails.refusals -= 1;
            return done(new Error('try later'));
          }
          const { mailFrom, rcptTo } = session.envelope;
          const text = raw.replaceAll(/=\r?\n/g, '').replaceAll('=3D', '=');
          mails.received.push({
            from: mailFrom ? mailFrom.address : '',
            to: rcptTo.map(({ address }) => address),
            raw: text,
            key: /key=([\w-]{43})/.exec(text)?.[1] ?? '',
          });
          done();
        });
      },
    });
    const mails = new MailServer(server);
    server.listen(0, '127.0.0.1');
    await once(server.server, 'listening');
    return mails;
  }

  /** The settings of a realm that sends by it. */
  get settings(): Record<string, string> {
    const { port } = this.server.server.address() as AddressInfo;
    return {
      host: '127.0.0.1',
      port: String(port),
      from: 'no-reply@acme.example',
      fromDisplayName: 'Acme',
      auth: 'true',
      user: 'mailer',
      password: 'mailer-password',
    };
  }

  /** The mail that came last. */
  get last(): ReceivedMail {
    const mail = this.received.at(-1);
    if (!mail) throw new Error('there is no mail');
    return mail;
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}
