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
