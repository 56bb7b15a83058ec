import type { Page, Redirect } from '../http/described.js';
import type { JsonAnswer, JsonRefusal } from './json-answers.js';

/** What comes next, for clients that ask for `application/json`; all others are given a page. */
export type LoginAnswer = Exclude<JsonAnswer, JsonRefusal>;

interface Caller {
  /** Of an application without cookies: `new` to begin with, then what the step before told as `caller`. */
  'tumbler-caller'?: string;
}

/** Answers of every request that a login goes on with. */
export interface LoginAnswers {
  headers: Caller;
  /** The next step, or that the login is over. */
  200: LoginAnswer | Page;
  /** Of browsers: the login is over. */
  303: Redirect;
  400: JsonRefusal | OtherSite | Page;
  /** The realm does not allow it, or the request comes from another site. */
  403: JsonRefusal | OtherSite | Page;
}

/** An error of the pages, as JSON. */
interface OtherSite {
  error: string;
  error_description?: string;
  field?: string;
  fields?: { field: string; message: string }[];
}

/** The address of a step, as the step itself tells it in `action`. */
interface StepQuery {
  /** The login. */
  tab_id?: string;
  client_id?: string;
  execution?: string;
}

/** Says that a step may be sent once. */
interface SentStepQuery extends StepQuery {
  session_code?: string;
}

/** The fields of the form by their names: 50 at most, of 4096 bytes at most. */
type Fields = Record<string, string>;

interface Show extends LoginAnswers {
  query: StepQuery;
}

interface Submit extends LoginAnswers {
  query: SentStepQuery;
  body: Fields;
  form: Fields;
}

interface NoticeQuery {
  /** What the link on the page holds. */
  info?: string;
  kc_locale?: string;
}

interface LinkQuery {
  /** What the link that came by mail holds. */
  key: string;
}

/** What using a link means is asked first: scanners of mail follow links. */
interface LinkAnswer {
  /** Where a POST uses it. */
  action: string;
}

export interface LoginApi {
  /** Browsers ask first whether a page of another origin may. */
  'OPTIONS /realms/{realm}/login-actions/{action}': { 204: void };
  'GET /realms/{realm}/login-actions/authenticate': Show;
  'POST /realms/{realm}/login-actions/authenticate': Submit;
  'GET /realms/{realm}/login-actions/required-action': Show;
  'POST /realms/{realm}/login-actions/required-action': Submit;
  'GET /realms/{realm}/login-actions/registration': LoginAnswers;
  'POST /realms/{realm}/login-actions/registration': Submit;
  'GET /realms/{realm}/login-actions/consent': Show;
  /** With `accept`, the application may know and do what it asks for; without, it is told that it may not. */
  'POST /realms/{realm}/login-actions/consent': Submit;
  'GET /realms/{realm}/login-actions/restart': Show;
  'GET /realms/{realm}/login-actions/reset-credentials': LoginAnswers;
  'GET /realms/{realm}/login-actions/action-token': {
    query: LinkQuery;
    200: LinkAnswer | Page;
    400: JsonRefusal | OtherSite | Page;
  };
  /** A page that said what became of something, in another language; the account for whom it did not say it to. */
  'GET /realms/{realm}/login-actions/detached-info': {
    query: NoticeQuery;
    200: Page;
    303: Redirect;
    403: OtherSite | Page;
  };
  'POST /realms/{realm}/login-actions/action-token': LoginAnswers & { query: LinkQuery };
}
