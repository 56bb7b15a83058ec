import { Body, Get, HttpCode, Param, Post, Req, Res, type PipeTransform } from '@nestjs/common';
import { Clock } from '@tumbler/clock';
import type { Actor } from '@tumbler/contract-rpc';
import type { Realm } from '@tumbler/contract-users';
import { AppError, invalid, notFound } from '@tumbler/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { certificateOf, CERTIFICATE } from '../../../oidc/clients/client-keys.js';
import type { Client } from '../../../oidc/clients/client-settings.js';
import { Clients } from '../../../oidc/clients/clients.js';
import { multipartOf } from '../../../http/multipart.js';
import { AdminController, By } from '../../admin-controller.js';
import { body } from '../../input.js';
import { Needs } from '../../needs.js';
import { TargetRealm } from '../../target-realm.js';
import { ClientId } from '../clients.controller.js';
import {
  certificateInfo,
  KEY_STORE,
  KeyStoreBody,
  readKeyFile,
  withKeys,
  type CertificateInfo,
} from './certificate.representation.js';
import { newKeyPair } from './key-pair.js';
import { pkcs12, type Entry } from './pkcs12.js';

/** Keycloak's others are about SAML. */
const known: PipeTransform<string, string> = {
  transform(attribute) {
    if (attribute !== 'jwt.credential') throw notFound('Only jwt.credential has certificates here');
    return attribute;
  },
};

/** What goes before the names of the attributes. */
const Prefix = () => Param('attr', known);

/**
 * The certificate by whose key a client with `client-jwt` proves itself. Its private key is handed out where it is made,
 * and not kept: who reads the database, or may look at clients, cannot come as one.
 */
@AdminController('realms/:realm/clients/:client/certificates/:attr')
export class CertificatesController {
  constructor(
    private readonly clients: Clients,
    private readonly clock: Clock,
  ) {}

  @Needs('view-clients')
  @Get()
  async info(
    @TargetRealm() realm: Realm,
    @ClientId() id: string,
    @Prefix() _attribute: string,
  ): Promise<CertificateInfo> {
    return certificateInfo((await this.clients.byId(realm, id)).attributes);
  }

  /** Answers the private key, once. */
  @Needs('manage-clients')
  @Post('generate')
  @HttpCode(200)
  async generate(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @ClientId() id: string,
    @Prefix() _attribute: string,
  ): Promise<CertificateInfo> {
    const client = await this.clients.byId(realm, id);
    const { privateKey, certificate } = await newKeyPair(client.clientId, this.clock.now(), {});
    const keys = { certificate: certificate.toString('base64') };
    await this.put(client, by, keys);
    const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'der' });
    return { ...keys, privateKey: pkcs8.toString('base64') };
  }

  /** The private key is in the file that is sent, and nowhere else. */
  @Needs('manage-clients')
  @Post('generate-and-download')
  @HttpCode(200)
  async generateStore(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @ClientId() id: string,
    @Prefix() _attribute: string,
    @Body(body(KeyStoreBody, KEY_STORE)) config: KeyStoreBody,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const client = await this.clients.byId(realm, id);
    const { keyPassword } = config;
    const storePassword = passwordOf(config);
    if (!keyPassword) throw invalid('Need to specify a key password for jks generation and download');
    const { privateKey, certificate } = await newKeyPair(client.clientId, this.clock.now(), config);
    const key = { privateKey, password: keyPassword };
    const store = storeOf(client, config, { certificate, key }, storePassword);
    await this.put(client, by, { certificate: certificate.toString('base64') });
    await reply.type('application/octet-stream').send(store);
  }

  /** A file with the certificate, as a Java application takes it. */
  @Needs('view-clients')
  @Post('download')
  @HttpCode(200)
  async download(
    @TargetRealm() realm: Realm,
    @ClientId() id: string,
    @Prefix() _attribute: string,
    @Body(body(KeyStoreBody, KEY_STORE)) config: KeyStoreBody,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const client = await this.clients.byId(realm, id);
    const storePassword = passwordOf(config);
    const kept = certificateOf(client.attributes[CERTIFICATE] ?? '');
    if (!kept) throw notFound('keypair not generated for client');
    const store = storeOf(client, config, { certificate: kept.raw }, storePassword);
    await reply.type('application/octet-stream').send(store);
  }

  /** `keystoreFormat`: `Certificate PEM`, `Public Key PEM` or `JSON Web Key Set`. */
  @Needs('manage-clients')
  @Post(['upload', 'upload-certificate'])
  @HttpCode(200)
  async upload(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @ClientId() id: string,
    @Prefix() _attribute: string,
    @Req() request: FastifyRequest,
  ): Promise<CertificateInfo> {
    const client = await this.clients.byId(realm, id);
    const form = await multipartOf(request);
    const [format, file] = [form.get('keystoreFormat'), form.get('file')];
    if (typeof format !== 'string') throw invalid('keystoreFormat is missing', 'keystoreFormat');
    if (file === null) throw invalid('file is missing', 'file');
    const keys = readKeyFile(format, typeof file === 'string' ? file : await file.text());
    await this.put(client, by, keys);
    return keys;
  }

  private async put(client: Client, by: Actor, keys: CertificateInfo): Promise<void> {
    await this.clients.update(client, by, ({ attributes }) => ({
      settings: { attributes: withKeys(attributes, keys) },
    }));
  }
}

function storeOf(
  { clientId }: Client,
  { keyAlias = clientId }: KeyStoreBody,
  held: Omit<Entry, 'alias'>,
  password: string,
): Buffer {
  return pkcs12([{ alias: keyAlias, ...held }], password);
}

/** Of the store, if that is of a kind that can be made. */
function passwordOf({ format, storePassword }: KeyStoreBody): string {
  if (format !== undefined && format !== 'PKCS12') {
    const message = 'Not supported keystore format. Supported keystore formats: [PKCS12]';
    throw new AppError('not_acceptable', { message });
  }
  if (!storePassword) throw invalid('Need to specify a store password for jks generation and download');
  return storePassword;
}
