import { Module } from '@nestjs/common';
import { Cookies } from '../http/cookies.js';
import { KeysModule } from '../keys.module.js';
import { SessionEnds } from './session-ends.js';
import { Sessions } from './sessions.js';

/** Sessions, and the cookies that browsers know them by. */
@Module({ imports: [KeysModule], providers: [Sessions, SessionEnds, Cookies], exports: [Sessions, Cookies] })
export class SessionsModule {}
