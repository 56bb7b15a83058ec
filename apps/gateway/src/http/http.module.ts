import { Module } from '@nestjs/common';
import { ErrorPages } from '../login/error-pages.js';
import { ErrorsFilter } from './errors.filter.js';

@Module({ providers: [ErrorsFilter, ErrorPages] })
export class HttpModule {}
