import 'reflect-metadata';
import { freshDatabase, type FreshDatabase } from '@tumbler/test-bed';
import { Column, Entity, PrimaryColumn, type MigrationInterface, type QueryRunner } from 'typeorm';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { drift, openDatabase } from './index.js';

@Entity('lamp')
class Lamp {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'boolean' }) lit: boolean;
}

class CreateLamps1764000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create table lamp (id uuid primary key, lit boolean not null)');
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table lamp');
  }
}

@Entity('lamp')
class BrighterLamp extends Lamp {
  @Column({ type: 'integer' }) lumen: number;
}

let database: FreshDatabase;
beforeEach(async () => void (database = await freshDatabase()));
afterEach(() => database.drop());

const open = (entity: typeof Lamp) =>
  openDatabase({ url: database.url, entities: [entity], migrations: [CreateLamps1764000000000] });

it('migrates once, however many instances start at the same moment', async () => {
  const instances = await Promise.all([open(Lamp), open(Lamp), open(Lamp), open(Lamp)]);
  expect(await instances[0].query('select count(*)::int as n from migrations')).toEqual([{ n: 1 }]);
  await Promise.all(instances.map((instance) => instance.destroy()));
});

it('finds no drift where entities and migrations agree, and names what is missing where they do not', async () => {
  const agreed = await open(Lamp);
  expect(await drift(agreed)).toEqual([]);
  await agreed.destroy();

  const drifted = await open(BrighterLamp);
  expect(await drift(drifted)).toEqual([expect.stringContaining('"lumen" integer')]);
  await drifted.destroy();
});
