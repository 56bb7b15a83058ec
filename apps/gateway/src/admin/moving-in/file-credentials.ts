import type { ArrivingCredential } from '@tumbler/contract-credentials';
import { IsBoolean, IsInt, IsNumber, IsObject, IsOptional, IsString, MaxLength } from 'class-validator';
import { validateSync } from 'class-validator';
import { listAt, objectAt, type Findings, type Json } from './findings.js';

/** Keycloak's CredentialRepresentation. */
class CredentialInFile {
  @IsString() @MaxLength(255) type: string;
  @IsOptional() @IsString() id?: string;
  @IsOptional() @IsString() @MaxLength(255) userLabel?: string;
  @IsOptional() @IsString() @MaxLength(4096) value?: string;
  @IsOptional() @IsString() @MaxLength(65_536) secretData?: string;
  @IsOptional() @IsString() @MaxLength(65_536) credentialData?: string;
  @IsOptional() @IsInt() createdDate?: number;
  @IsOptional() @IsBoolean() temporary?: boolean;

  /** As files from before 2020 have it. */
  @IsOptional() @IsString() @MaxLength(65_536) hashedSaltedValue?: string;
  @IsOptional() @IsString() salt?: string;
  @IsOptional() @IsNumber() hashIterations?: number;
  @IsOptional() @IsString() algorithm?: string;
  @IsOptional() @IsNumber() digits?: number;
  @IsOptional() @IsNumber() period?: number;
  @IsOptional() @IsNumber() counter?: number;
  @IsOptional() @IsObject() config?: object;
}

const FIELDS = [
  ...([
    'type',
    'id',
    'userLabel',
    'value',
    'secretData',
    'credentialData',
    'createdDate',
    'temporary',
  ] as const),
  ...(['hashedSaltedValue', 'salt', 'hashIterations', 'algorithm', 'digits', 'period', 'counter'] as const),
];

/** What it proves, credentials says: here it is only made sure that it is there. Nothing secret gets into a finding. */
export function readCredentials(
  input: unknown,
  at: string,
  findings: Findings,
): { arriving: ArrivingCredential[]; temporary: boolean } {
  const arriving: ArrivingCredential[] = [];
  let temporary = false;
  for (const { place, item } of listAt(input, at, findings)) {
    const json = objectAt(item, place, findings);
    if (!json) continue;
    const credential = read(json, place, findings);
    if (!credential) continue;
    const { temporary: first = false, ...rest } = modern(credential);
    temporary ||= first && credential.type === 'password';
    arriving.push({ ...rest, place });
  }
  return { arriving, temporary };
}

function read(json: Json, place: string, findings: Findings): CredentialInFile | undefined {
  const credential = new CredentialInFile();
  for (const field of FIELDS) {
    const value = json[field];
    if (value !== null && value !== undefined) Object.assign(credential, { [field]: value });
  }
  const wrong = validateSync(credential, { validationError: { target: false, value: false } });
  for (const { property, constraints = {} } of wrong) {
    findings.wrong(`${place}.${property}`, Object.values(constraints)[0] ?? 'it cannot be read');
  }
  return wrong.length > 0 ? undefined : credential;
}

/** The fields of old files in the form that files have today. */
function modern(credential: CredentialInFile): Omit<ArrivingCredential, 'place'> & { temporary?: boolean } {
  const { hashedSaltedValue, salt, hashIterations, algorithm, digits, period, counter, ...rest } = credential;
  if (rest.credentialData !== undefined || hashedSaltedValue === undefined) {
    return isOtp(rest.type) ? { ...rest, type: 'otp' } : rest;
  }
  if (isOtp(rest.type)) {
    const data = { subType: rest.type === 'hotp' ? 'hotp' : 'totp', algorithm, digits, period, counter };
    return { ...rest, type: 'otp', ...json(data, { value: hashedSaltedValue }) };
  }
  const data = { hashIterations, algorithm: algorithm ?? 'pbkdf2' };
  return { ...rest, ...json(data, { value: hashedSaltedValue, salt }) };
}

const isOtp = (type: string): boolean => ['otp', 'totp', 'hotp'].includes(type);

const json = (credentialData: object, secretData: object) => ({
  credentialData: JSON.stringify(credentialData),
  secretData: JSON.stringify(secretData),
});
