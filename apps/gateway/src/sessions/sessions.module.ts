import { Module } from '@nestjs/common';
import { KeysModule } from '../keys.module.js';
import { SessionEnds } from './session-ends.js';
import { Sessions } from './sessions.js';

@Module({ imports: [KeysModule], providers: [Sessions, SessionEnds], exports: [Sessions] })
export class SessionsModule {}
