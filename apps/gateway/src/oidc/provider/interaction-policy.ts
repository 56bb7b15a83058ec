import type { Wanted } from '@tumbler/contract-flows';
import { errors, interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider';
import { exchange } from './exchange.js';

const { Check, Prompt, base } = interactionPolicy;

const UNMET = 'the level of authentication that was asked for was not reached';

const SOMEBODY_ELSE = 'somebody else has signed in than was asked for';

/** RFC 9470 §5 */
export const unmet = () => new errors.CustomOIDCProviderError('unmet_authentication_requirements', UNMET);

/**
 * When a user is sent into a login. Somebody who is signed in passes through the flow, too: it alone knows whether a
 * required action or another factor stands in between, and where there is none nobody sees a page.
 */
export function loginPolicy(asked: {
  mayPassSilently: (ctx: KoaContextWithOIDC) => Promise<boolean>;
  wanted: (ctx: KoaContextWithOIDC) => Promise<Wanted>;
  mustConsent: (ctx: KoaContextWithOIDC) => Promise<boolean>;
  isWhoWasMeant: (ctx: KoaContextWithOIDC) => Promise<boolean>;
}) {
  const policy = base();
  policy.remove('consent');
  const { checks } = policy.get('login')!;
  // The provider knows of names only, and not which of them stands above another.
  for (const reason of ['essential_acrs', 'essential_acr']) checks.remove(reason);
  checks.add(
    new Check('acr', UNMET, 'unmet_authentication_requirements', async (ctx: KoaContextWithOIDC) => {
      const { mustReach = 0 } = await asked.wanted(ctx);
      // How far it leads, the flow sees to; here it is looked at once more, before a code is given.
      if (ctx.oidc.result?.login && (exchange().level ?? 0) < mustReach) {
        throw unmet();
      }
      return Check.NO_NEED_TO_PROMPT;
    }),
  );
  checks.add(
    new Check('somebody_else', SOMEBODY_ELSE, 'login_required', async (ctx: KoaContextWithOIDC) => {
      // Before the login, the provider looks at it itself; it would send whoever is back from one into another.
      if (ctx.oidc.result?.login && !(await asked.isWhoWasMeant(ctx))) {
        throw new errors.LoginRequired(SOMEBODY_ELSE);
      }
      return Check.NO_NEED_TO_PROMPT;
    }),
  );
  checks.add(
    new Check(
      'flow',
      'the flow has a word in it',
      'interaction_required',
      async (ctx: KoaContextWithOIDC) => {
        if (ctx.oidc.result?.login || !exchange().session) return Check.NO_NEED_TO_PROMPT;
        if (!ctx.oidc.prompts.has('none')) return Check.REQUEST_PROMPT;
        // What an application asks its user to do needs a page.
        if (ctx.oidc.params?.kc_action) return Check.REQUEST_PROMPT;
        return (await asked.mayPassSilently(ctx)) ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT;
      },
    ),
  );
  // Keycloak's and OpenID Connect's names for "show me a login page", and for "let me register".
  for (const name of ['select_account', 'create']) {
    policy.add(
      new Prompt(
        { name, requestable: true },
        new Check(`${name}_asked`, `${name} was asked for`, (ctx: KoaContextWithOIDC) =>
          ctx.oidc.prompts.has(name) && !ctx.oidc.result?.login
            ? Check.REQUEST_PROMPT
            : Check.NO_NEED_TO_PROMPT,
        ),
      ),
      0,
    );
  }
  // After the login: it is only known then whose consent is wanted.
  policy.add(
    new Prompt(
      { name: 'consent', requestable: true },
      new Check(
        'missing',
        'the user has not consented',
        'consent_required',
        async (ctx: KoaContextWithOIDC) =>
          (await asked.mustConsent(ctx)) ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT,
      ),
    ),
  );
  return policy;
}
