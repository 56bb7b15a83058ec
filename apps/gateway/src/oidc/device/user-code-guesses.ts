import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '@tumbler/clock';
import { DataSource } from 'typeorm';

const MOST = 10;
const SECONDS = 600;

const NETWORK = `network(set_masklen($2::inet, case family($2::inet) when 6 then 64 else 32 end))`;

/**
 * RFC 8628 §5.1: a code is short enough for a person to type, so nobody may type many. A guess is taken from the budget
 * before it is looked at: of many at once, no more are looked at than are left.
 */
@Injectable()
export class UserCodeGuesses implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.prune(), SECONDS * 1000);
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Answers whether there is one left. */
  async take(realmId: string, address: string): Promise<boolean> {
    const [row]: { count: number }[] = await this.db.query(
      `insert into user_code_guess as g (realm_id, network, count, began_at) values ($1, ${NETWORK}, 1, $3)
       on conflict (realm_id, network) do update set
         count = case when g.began_at <= $3::timestamptz - make_interval(secs => $4) then 1 else g.count + 1 end,
         began_at = case when g.began_at <= $3::timestamptz - make_interval(secs => $4) then $3 else g.began_at end
       returning count`,
      [realmId, plain(address), this.clock.now(), SECONDS],
    );
    return row!.count <= MOST;
  }

  /** A code that was right was no guess. */
  async giveBack(realmId: string, address: string): Promise<void> {
    await this.db.query(
      `update user_code_guess set count = count - 1 where realm_id = $1 and network = ${NETWORK} and count > 0`,
      [realmId, plain(address)],
    );
  }

  async prune(): Promise<void> {
    const sql = 'delete from user_code_guess where began_at <= $1::timestamptz - make_interval(secs => $2)';
    await this.db.query(sql, [this.clock.now(), SECONDS]).catch((error: Error) => {
      new Logger('device codes').warn(`could not clear up: ${error.message}`);
    });
  }
}

/** An IPv4 address stays one, also where a socket for both tells of it. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
