import { IsOptional, IsString } from 'class-validator';

/** Who makes an administrative change, as the audit log will name them. */
export class Actor {
  @IsString()
  realmId: string;

  @IsString()
  clientId: string;

  @IsString()
  userId: string;

  @IsOptional()
  @IsString()
  ipAddress?: string;
}

/** Tumbler itself, which makes the first realm and the first administrator. Users have UUIDs, so that nobody is this one. */
export const SYSTEM: Readonly<Actor> = { realmId: 'master', clientId: 'tumbler', userId: 'system' };

export const isSystem = ({ userId }: Actor): boolean => userId === SYSTEM.userId;
