import { Injectable } from '@nestjs/common';
import { createTransport } from 'nodemailer';
import type { Letter } from './letters.js';

/** A server that does not answer holds up one mail for so long. */
const PATIENCE_MS = 10_000;

/** Sends one mail by a realm's mail server, with the settings by Keycloak's names. Throws when it is not taken. */
@Injectable()
export class Smtp {
  async send(settings: Record<string, string>, to: string, letter: Letter): Promise<void> {
    const { host, port, from, fromDisplayName, replyTo, replyToDisplayName, envelopeFrom } = settings;
    if (!host || !from) throw new Error('the realm has no mail server');
    const isOn = (name: string) => settings[name] === 'true';
    const secure = isOn('ssl');
    const transport = createTransport({
      host,
      port: Number(port) || (secure ? 465 : 25),
      secure,
      // Asked for means needed: without it somebody on the way could strip STARTTLS and read the link.
      requireTLS: !secure && isOn('starttls'),
      ...(isOn('auth') ? { auth: { user: settings.user ?? '', pass: settings.password ?? '' } } : {}),
      connectionTimeout: PATIENCE_MS,
      greetingTimeout: PATIENCE_MS,
      socketTimeout: PATIENCE_MS,
      // No file of this machine and no address on the net ever becomes part of a mail.
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    try {
      await transport.sendMail({
        from: { name: fromDisplayName ?? '', address: from },
        to: { name: '', address: to },
        ...(replyTo ? { replyTo: { name: replyToDisplayName ?? '', address: replyTo } } : {}),
        ...(envelopeFrom ? { envelope: { from: envelopeFrom, to } } : {}),
        ...letter,
      });
    } finally {
      transport.close();
    }
  }
}
