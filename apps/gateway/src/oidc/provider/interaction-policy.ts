import { interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider';
import { exchange } from './exchange.js';

const { Check, Prompt, base } = interactionPolicy;

/**
 * When a user is sent into a login. Somebody who is signed in passes through the flow, too: it alone knows whether a
 * required action or another factor stands in between, and where there is none nobody sees a page.
 */
export function loginPolicy(mayPassSilently: () => Promise<boolean>) {
  const policy = base();
  policy.remove('consent');
  policy.get('login')!.checks.add(
    new Check(
      'flow',
      'the flow has a word in it',
      'interaction_required',
      async (ctx: KoaContextWithOIDC) => {
        if (ctx.oidc.result?.login || !exchange().session) return Check.NO_NEED_TO_PROMPT;
        if (!ctx.oidc.prompts.has('none')) return Check.REQUEST_PROMPT;
        // What an application asks its user to do needs a page.
        if (ctx.oidc.params?.kc_action) return Check.REQUEST_PROMPT;
        return (await mayPassSilently()) ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT;
      },
    ),
  );
  // Keycloak's and OpenID Connect's names for "show me a login page", and for "let me register".
  for (const name of ['select_account', 'create', 'consent']) {
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
  return policy;
}
