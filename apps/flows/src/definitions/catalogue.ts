import { Injectable } from '@nestjs/common';
import type { ConfigPropertyView, ListProviders, ProviderView, Requirement } from '@tumbler/contract-flows';
import type { Authenticator } from '../authenticators/authenticator.js';
import { Authenticators } from '../authenticators/index.js';
import { parts } from '../authenticators/registration/parts.js';
import { registrationPage } from '../authenticators/registration/registration-page.authenticator.js';

/** What administrators read of the things that a step can name. */
export interface Named extends ProviderView {
  choices: readonly Requirement[];
  configurable: boolean;
  properties?: readonly ConfigPropertyView[];
}

const STEPS_OF: Record<string, ListProviders['kind']> = {
  'form-flow': 'form-action',
  'client-flow': 'client-authenticator',
};

const PART_CHOICES: readonly Requirement[] = ['REQUIRED', 'DISABLED'];
const CLIENT_CHOICES: readonly Requirement[] = ['ALTERNATIVE', 'DISABLED'];

const formActions: Named[] = [
  ...parts.map(({ id, displayName, description }) => part(id, displayName, description)),
  part(
    'registration-recaptcha-action',
    'reCAPTCHA',
    'Adds Google reCAPTCHA to the form.  Not supported here: nobody passes it.',
    true,
  ),
  part(
    'registration-recaptcha-enterprise',
    'reCAPTCHA Enterprise',
    'Adds Google reCAPTCHA Enterprise to the form.  Not supported here: nobody passes it.',
    true,
  ),
];

/** How clients prove who they are. The gateway does it; the flow is kept so that it reads as it does elsewhere. */
const clientAuthenticators: Named[] = [
  client('client-secret', 'Client Id and Secret', 'Validates client based on client id and secret', true),
  client('client-jwt', 'Signed JWT', 'Validates client based on signed JWT issued by client', false),
  client(
    'client-secret-jwt',
    'Signed JWT with Client Secret',
    'Validates client based on signed JWT issued by client and signed with the Client Secret',
    true,
  ),
  client('client-x509', 'X509 Certificate', 'Validates client based on a X509 Certificate', false),
  client(
    'federated-jwt',
    'Signed JWT - Federated',
    'Validates client based on a JWT that another server signed',
    false,
  ),
];

/** Everything that a step can name, by kind. */
@Injectable()
export class Catalogue {
  private readonly kinds: Record<ListProviders['kind'], Named[]>;
  private readonly byId: Map<string, Named>;

  constructor({ all: authenticators }: Authenticators) {
    const isForm = ({ id }: Authenticator) => id === registrationPage.id;
    this.kinds = {
      authenticator: authenticators.filter((one) => !isForm(one)),
      form: authenticators.filter(isForm),
      'form-action': formActions,
      'client-authenticator': clientAuthenticators,
    };
    this.byId = new Map(Object.values(this.kinds).flatMap((all) => all.map((one) => [one.id, one])));
  }

  get(id: string): Named | undefined {
    return this.byId.get(id);
  }

  /** What the steps of a flow of that kind can name. */
  forStepsOf(providerId: string, id: string): Named | undefined {
    const kind = STEPS_OF[providerId] ?? 'authenticator';
    return this.kinds[kind].find((one) => one.id === id);
  }

  all(kind: ListProviders['kind']): readonly Named[] {
    return this.kinds[kind];
  }

  list(kind: ListProviders['kind']): ProviderView[] {
    return this.kinds[kind].map(({ id, displayName, description, supportsSecret }) => ({
      id,
      displayName,
      description,
      ...(supportsSecret === undefined ? {} : { supportsSecret }),
    }));
  }
}

function part(id: string, displayName: string, description: string, configurable = false): Named {
  return { id, displayName, description, choices: PART_CHOICES, configurable };
}

function client(id: string, displayName: string, description: string, supportsSecret: boolean): Named {
  return { id, displayName, description, supportsSecret, choices: CLIENT_CHOICES, configurable: false };
}
