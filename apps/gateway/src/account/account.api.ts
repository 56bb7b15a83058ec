import type { Page, Redirect } from '../http/described.js';
import type { LoginAnswer, LoginAnswers } from '../login/login.api.js';
import type { accountJson } from './account.view.js';

type AccountAnswer = ReturnType<typeof accountJson> & {
  /** Goes along with every change, and proves that it comes from whoever read this. */
  token: string;
};

interface WithToken {
  token?: string;
}

/** Answers of a change, after which one is back at the account. */
interface Changed {
  303: Redirect;
  /** The token is not of this session, the request comes from another site, or the user has not the role for it. */
  403: { error: string; error_description?: string } | Page;
}

interface OfSession extends WithToken {
  session: string;
}

interface OfApplication extends WithToken {
  client: string;
}

export interface AccountApi {
  'GET /realms/{realm}/account': Omit<LoginAnswers, 200> & {
    /** The account, or the first step of a login where nobody is signed in. */
    200: AccountAnswer | LoginAnswer | Page;
  };
  'GET /realms/{realm}/account/actions/{action}': LoginAnswers;
  'POST /realms/{realm}/account/logout': {
    body?: WithToken;
    form?: WithToken;
    200: { signedOut: true } | Page;
  };
  'POST /realms/{realm}/account/end-other-sessions': Changed & { body?: WithToken; form?: WithToken };
  'POST /realms/{realm}/account/end-session': Changed & { body?: OfSession; form?: OfSession };
  /** Takes back the consent; the application loses what it holds of the user. */
  'POST /realms/{realm}/account/revoke-application': Changed & {
    body?: OfApplication;
    form?: OfApplication;
  };
}
