import { invalid } from '@tumbler/errors';
import { IsBoolean, IsIn, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import {
  certificateOf,
  JWKS,
  keySetOf,
  KEY_ID,
  CERTIFICATE,
  PUBLIC_KEY,
  publicKeyOf,
  unframed,
  USE_JWKS,
  USE_JWKS_URL,
} from '../../../oidc/clients/client-keys.js';

/** Keycloak's CertificateRepresentation: base64 without the lines of PEM around it. */
export interface CertificateInfo {
  /** PKCS #8; told where it was just made, and kept nowhere. */
  privateKey?: string;
  publicKey?: string;
  certificate?: string;
  kid?: string;
  jwks?: string;
}

/** Keycloak's KeyStoreConfig. */
export class KeyStoreBody {
  @IsOptional() @IsString() @MaxLength(16) format?: string;
  @IsOptional() @IsString() @MaxLength(255) keyAlias?: string;
  @IsOptional() @IsString() @MaxLength(255) keyPassword?: string;
  @IsOptional() @IsString() @MaxLength(255) storePassword?: string;
  /** Realms have no certificates here: there is none to put beside that of the client. */
  @IsOptional() @IsBoolean() realmCertificate?: boolean;
  @IsOptional() @IsString() @MaxLength(255) realmAlias?: string;
  /** Bits of the RSA key. */
  @IsOptional() @IsIn([2048, 3072, 4096]) keySize?: number;
  /** Years. */
  @IsOptional() @IsInt() @Min(1) @Max(30) validity?: number;
}

export const KEY_STORE = { name: 'KeyStoreConfig' };

type Attributes = Record<string, string>;

export function certificateInfo(attributes: Attributes): CertificateInfo {
  const { [CERTIFICATE]: certificate, [PUBLIC_KEY]: publicKey, [KEY_ID]: kid, [JWKS]: jwks } = attributes;
  return { certificate, publicKey, kid, ...(attributes[USE_JWKS] === 'true' ? { jwks } : {}) };
}

/** The key that was there goes, and where else keys were to be looked for: one place says them. */
export function withKeys(attributes: Attributes, keys: CertificateInfo): Attributes {
  const { [CERTIFICATE]: _c, [PUBLIC_KEY]: _p, [KEY_ID]: _k, [JWKS]: _j, ...others } = attributes;
  const said = Object.entries({
    [CERTIFICATE]: keys.certificate,
    [PUBLIC_KEY]: keys.publicKey,
    [KEY_ID]: keys.kid,
    [JWKS]: keys.jwks,
  }).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const places = { [USE_JWKS]: String(keys.jwks !== undefined), [USE_JWKS_URL]: 'false' };
  return { ...others, ...places, ...Object.fromEntries(said) };
}

const READERS: Record<string, (text: string) => CertificateInfo | undefined> = {
  'Certificate PEM': (text) => {
    const found = certificateOf(text);
    return found && { certificate: found.raw.toString('base64') };
  },
  'Public Key PEM': (text) => publicKeyOf(text) && { publicKey: unframed(text) },
  'JSON Web Key Set': (text) => keySetOf(text) && { jwks: text },
};

/** A file with the public key of a client. A private key is the client's own: one that is in the file is not looked for. */
export function readKeyFile(format: string, text: string): CertificateInfo {
  const read = READERS[format];
  if (!read)
    throw invalid(`Not supported keystore format. Supported formats: ${Object.keys(READERS).join(', ')}`);
  const found = read(text);
  if (!found) throw invalid(`The file is no ${format}`);
  return found;
}
