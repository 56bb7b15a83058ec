import 'reflect-metadata';
import { Controller, type INestMicroservice, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { AuthorizationError, connect } from '@nats-io/transport-node';
import { rpc, service } from '@tumbler/contract-rpc';
import { AppError } from '@tumbler/errors';
import { freshNats, testNats, type FreshNats } from '@tumbler/test-bed';
import { IsInt, IsString } from 'class-validator';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  Answers,
  connectionOptions,
  LocalBus,
  NatsBus,
  NatsServer,
  requestId,
  withRequestId,
  type Bus,
  type BusConfig,
} from './index.js';

class Add {
  @IsInt() a: number;
  @IsInt() b: number;
}
class Say {
  @IsString() word: string;
}
class Write {
  @IsInt() characters: number;
}

// The name of a real service, since NATS lets each user answer its own subjects only.
const sums = service('users', {
  add: rpc(Add).gives<number>(),
  refuse: rpc(Say).gives<never>(),
  crash: rpc(Say).gives<never>(),
  hold: rpc(Say).gives<string>(),
  nothing: rpc(Say).gives<void>(),
  twice: rpc(Add).gives<number>(),
  whichRequest: rpc(Say).gives<string | undefined>(),
  write: rpc(Write).gives<string>(),
});
const unheard = service('users', { nobodyAnswers: rpc(Say).gives<string>() });

/** Answers what `hold` has been asked. */
const held: (() => void)[] = [];

@Controller()
class Sums {
  @Answers(sums.add)
  add({ a, b }: Add) {
    return a + b;
  }

  @Answers(sums.twice)
  twice(question: Add) {
    return this.add(question) + this.add(question);
  }

  @Answers(sums.refuse)
  refuse({ word }: Say): never {
    throw new AppError('conflict', { message: `${word} is taken`, field: 'word' });
  }

  @Answers(sums.crash)
  crash(): never {
    throw new Error('the password was hunter2');
  }

  @Answers(sums.hold)
  hold({ word }: Say) {
    return new Promise<string>((answer) => held.push(() => answer(word)));
  }

  @Answers(sums.write)
  write({ characters }: Write) {
    return 'x'.repeat(characters);
  }

  @Answers(sums.nothing)
  nothing() {}

  @Answers(sums.whichRequest)
  whichRequest() {
    return requestId();
  }
}

@Module({ controllers: [Sums] })
class SumsModule {}

async function sumsOver(nats: BusConfig): Promise<INestMicroservice> {
  const server = await NestFactory.createMicroservice<MicroserviceOptions>(SumsModule, {
    strategy: new NatsServer('users', nats),
    logger: false,
  });
  await server.listen();
  return server;
}

/** What both buses promise. */
function promises(bus: () => Bus) {
  it('answers what was asked', async () => {
    expect(await bus().call(sums.add, { a: 20, b: 22 })).toBe(42);
  });

  it('lets handlers call each other as they are written', async () => {
    expect(await bus().call(sums.twice, { a: 20, b: 1 })).toBe(42);
  });

  it('answers nothing where nothing is the answer', async () => {
    expect(await bus().call(sums.nothing, { word: 'x' })).toBeUndefined();
  });

  it('gives an error back as what it was', async () => {
    const error = await bus()
      .call(sums.refuse, { word: 'ann' })
      .catch((e: AppError) => e);
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({
      code: 'conflict',
      status: 409,
      details: { message: 'ann is taken', field: 'word' },
    });
  });

  it('tells nothing of an error that nobody foresaw', async () => {
    const error = await bus()
      .call(sums.crash, { word: 'x' })
      .catch((e: AppError) => e);
    expect(error).toMatchObject({ code: 'internal', details: {} });
    expect(JSON.stringify(error)).not.toContain('hunter2');
  });

  it('refuses a message of the wrong form, naming each field, before the handler sees it', async () => {
    const wrong = { a: 'one', c: 3 } as unknown as Add;
    await expect(bus().call(sums.add, wrong)).rejects.toMatchObject({
      code: 'invalid_request',
      details: {
        fields: expect.arrayContaining([
          expect.objectContaining({ field: 'a' }),
          expect.objectContaining({ field: 'c' }),
        ]),
      },
    });
  });

  it('says that a service is not there when nobody answers', async () => {
    await expect(bus().call(unheard.nobodyAnswers, { word: 'x' })).rejects.toMatchObject({
      code: 'service_unavailable',
    });
  });
}

describe('the bus over NATS', () => {
  let server: INestMicroservice;
  let bus: NatsBus;

  beforeAll(async () => {
    server = await sumsOver(testNats('users'));
    bus = new NatsBus('gateway', testNats('gateway'));
  });

  afterAll(async () => {
    await bus.onApplicationShutdown();
    await server.close();
  });

  promises(() => bus);

  it('gives a call up at its deadline', async () => {
    await expect(bus.call(sums.hold, { word: 'x' }, { deadline: 50 })).rejects.toMatchObject({
      code: 'service_unavailable',
    });
    held.pop()!();
  });

  it('carries the id of a request to the service', async () => {
    const answered = withRequestId('request-1', () => bus.call(sums.whichRequest, { word: 'x' }));
    expect(await answered).toBe('request-1');
  });

  it('fails for an answer that is larger than a message may be, and answers the next', async () => {
    await expect(bus.call(sums.write, { characters: 2 ** 21 })).rejects.toMatchObject({ code: 'internal' });
    expect(await bus.call(sums.write, { characters: 3 })).toBe('xxx');
  });

  it('lets nobody on without a password', async () => {
    await expect(connect({ servers: testNats('gateway').NATS_URL })).rejects.toThrow();
  });

  it('lets nobody on with a wrong password: at its start a service fails, and does not wait', async () => {
    const wrong = { ...testNats('users'), NATS_PASSWORD: 'not the password' };
    await expect(sumsOver(wrong)).rejects.toThrow('Authorization Violation');
    const asks = new NatsBus('users', wrong);
    await expect(asks.call(sums.add, { a: 1, b: 2 })).rejects.toMatchObject({
      code: 'service_unavailable',
      cause: expect.any(AuthorizationError),
    });
  });

  it('does not let the users service ask credentials', async () => {
    const users = await connect(connectionOptions('users', testNats('users')));
    await expect(users.request('credentials.verify', '{}', { timeout: 500 })).rejects.toThrow();
    await users.close();
  });
});

describe('a call that waits', () => {
  // A test ends long before it: nobody is told by their deadline.
  const patience = { deadline: 60_000 };
  let nats: FreshNats;
  let server: INestMicroservice;
  let bus: NatsBus;

  beforeAll(async () => {
    nats = await freshNats();
  });
  afterAll(() => nats.drop());

  beforeEach(async () => {
    server = await sumsOver(nats.as('users'));
    bus = new NatsBus('gateway', nats.as('gateway'));
  });
  afterEach(async () => {
    for (const release of held.splice(0)) release();
    await bus.onApplicationShutdown();
    await server.close();
  });

  /** Asks, until the service has heard it. The answer is inside of something, or this would wait for it. */
  async function waiting(word: string): Promise<{ answer: Promise<string> }> {
    const before = held.length;
    const answer = bus.call(sums.hold, { word }, patience);
    answer.catch(() => {});
    await vi.waitFor(() => expect(held).toHaveLength(before + 1));
    return { answer };
  }

  /** Waits until NATS has refused each side as often, from now on. */
  async function bothRefused(times: number): Promise<void> {
    for (const side of ['gateway', 'users'] as const) {
      const before = nats.refusals(side);
      await vi.waitFor(() => expect(nats.refusals(side)).toBeGreaterThanOrEqual(before + times), 10_000);
    }
  }

  it('is told when NATS is gone, and calls go on when it is back', async () => {
    const { answer } = await waiting('lost');
    await nats.crash();
    await expect(answer).rejects.toMatchObject({ code: 'service_unavailable' });
    await expect(bus.call(sums.add, { a: 1, b: 2 }, patience)).rejects.toMatchObject({
      code: 'service_unavailable',
    });

    await nats.start();
    await vi.waitFor(async () => expect(await bus.call(sums.add, { a: 1, b: 2 })).toBe(3), 10_000);
    // Now the service answers what was asked before: it is nobody's answer.
    const { answer: next } = await waiting('next');
    for (const release of held) release();
    expect(await next).toBe('next');
  }, 30_000);

  it('goes on by itself when NATS has refused the passwords for a while, and takes the right ones again', async () => {
    const { answer } = await waiting('lost');
    await nats.crash();
    await expect(answer).rejects.toMatchObject({ code: 'service_unavailable' });
    await nats.startWithOtherPasswords();
    // After two of them the client would close the connection for good.
    await bothRefused(4);
    await expect(bus.call(sums.add, { a: 1, b: 2 }, patience)).rejects.toMatchObject({
      code: 'service_unavailable',
    });

    await nats.crash();
    await nats.start();
    await vi.waitFor(async () => expect(await bus.call(sums.add, { a: 1, b: 2 })).toBe(3), 10_000);
  }, 30_000);

  it('can be told to stop while NATS refuses the passwords', async () => {
    await bus.call(sums.add, { a: 1, b: 2 });
    await nats.crash();
    await nats.startWithOtherPasswords();
    await bothRefused(1);
    await bus.onApplicationShutdown();
    await server.close();
    await nats.crash();
    await nats.start();
  }, 30_000);

  it('is told when its own side goes', async () => {
    const { answer } = await waiting('left');
    await bus.onApplicationShutdown();
    await expect(answer).rejects.toMatchObject({ code: 'service_unavailable' });
  });

  it('is answered by a service that is about to go, which takes no other', async () => {
    const { answer } = await waiting('taken');
    const gone = server.close();
    await vi.waitFor(() =>
      expect(bus.call(sums.add, { a: 1, b: 2 })).rejects.toMatchObject({ code: 'service_unavailable' }),
    );
    held[0]!();
    expect(await answer).toBe('taken');
    await gone;
  });
});

describe('the bus without NATS', () => {
  const bus = new LocalBus().plug(new Sums());
  promises(() => bus);

  it('remembers the calls, so that a test can count the hops of a request', async () => {
    const counted = new LocalBus().stub(sums.add, ({ a }) => a);
    await counted.call(sums.add, { a: 1, b: 2 });
    expect(counted.calls).toEqual(['users.add']);
  });
});
