import { IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { HOST } from './clients/client-nodes.js';

/** The form that is sent to the token endpoint, and to sign out. A parameter that is sent twice is no string and is refused. */
export class TokenRequest {
  @IsOptional() @IsString() @MaxLength(255) grant_type?: string;
  @IsOptional() @IsString() @MaxLength(255) client_id?: string;
  @IsOptional() @IsString() @MaxLength(2048) scope?: string;
  @IsOptional() @IsString() @MaxLength(255) username?: string;
  @IsOptional() @IsString() @MaxLength(4096) password?: string;
  /** Keycloak's two names for the one-time code. */
  @IsOptional() @IsString() @MaxLength(64) totp?: string;
  @IsOptional() @IsString() @MaxLength(64) otp?: string;
  @IsOptional() @IsString() @MaxLength(4096) refresh_token?: string;
  @IsOptional() @IsString() @MaxLength(255) code?: string;
  @IsOptional() @IsString() @MaxLength(2048) redirect_uri?: string;
  @IsOptional() @IsString() @MaxLength(128) code_verifier?: string;
  @IsOptional() @IsString() @MaxLength(255) device_code?: string;
  /** What an adapter of Keycloak's calls the session that it keeps of the user. */
  @IsOptional() @IsString() @MaxLength(255) client_session_state?: string;
  /** The machine that an adapter of Keycloak's runs on, to be registered. */
  @IsOptional()
  @Matches(HOST, { message: 'Client cluster host is no host' })
  @MaxLength(253)
  client_cluster_host?: string;
}
