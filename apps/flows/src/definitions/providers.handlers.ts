import { Controller } from '@nestjs/common';
import { Answers } from '@tumbler/bus';
import {
  DescribeClientConfigs,
  DescribeConfig,
  flows,
  ListProviders,
  type ConfigDescription,
  type ConfigPropertyView,
  type ProviderView,
} from '@tumbler/contract-flows';
import { notFound } from '@tumbler/errors';
import { Catalogue } from './catalogue.js';
import { propertiesOf } from './config-properties.js';

/** What a step can be, and what can be set about it. */
@Controller()
export class ProvidersHandlers {
  constructor(private readonly catalogue: Catalogue) {}

  @Answers(flows.providers)
  list({ kind }: ListProviders): ProviderView[] {
    return this.catalogue.list(kind);
  }

  @Answers(flows.describeConfig)
  describe({ providerId }: DescribeConfig): ConfigDescription {
    const named = this.catalogue.get(providerId);
    if (!named) throw notFound('Could not find authenticator provider');
    const { displayName: name, description: helpText, configurable, properties } = named;
    const own = properties ? [...properties] : propertiesOf(providerId);
    return { name, providerId, helpText, properties: configurable ? own : [] };
  }

  /** None of them is set up in this way: each has fields of its own at the client. */
  @Answers(flows.clientConfigs)
  describeAtClients(_question: DescribeClientConfigs): Record<string, ConfigPropertyView[]> {
    return Object.fromEntries(this.catalogue.all('client-authenticator').map(({ id }) => [id, []]));
  }
}
