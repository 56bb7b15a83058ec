import { Module } from '@nestjs/common';
import { Cookies } from '../http/cookies.js';
import { KeysModule } from '../keys.module.js';
import { ClientSessions } from './client-sessions.js';
import { SessionEnds } from './session-ends.js';
import { Sessions } from './sessions.js';

/** Sessions, and the cookies that browsers know them by. */
@Module({
  imports: [KeysModule],
  providers: [Sessions, ClientSessions, SessionEnds, Cookies],
  exports: [Sessions, ClientSessions, Cookies],
})
export class SessionsModule {}
