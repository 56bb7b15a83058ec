// A guide of docs/guides, followed by somebody who types what stands in it.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { system, type RealmOfStory } from './world.js';

const run = promisify(execFile);

/** The shell commands of a guide, by the heading that they stand under. */
export async function commandsOf(guide: string): Promise<Map<string, string>> {
  const markdown = await readFile(new URL(`../../docs/guides/${guide}`, import.meta.url), 'utf8');
  const sections = markdown.split(/^## /m).slice(1);
  return new Map(
    sections.map((section): [string, string] => {
      const heading = section.slice(0, section.indexOf('\n'));
      const blocks = [...section.matchAll(/^```sh\n(.*?)^```/gms)].map(([, commands]) => commands);
      return [heading, blocks.join('\n')];
    }),
  );
}

export class Guide {
  private readonly done: string[] = [];

  private constructor(
    private readonly sections: ReadonlyMap<string, string>,
    private readonly realm: RealmOfStory,
  ) {}

  static async open(name: string, realm: RealmOfStory): Promise<Guide> {
    return new Guide(await commandsOf(name), realm);
  }

  /** Answers what the commands of the section print. */
  async follow(heading: string): Promise<string> {
    const commands = this.sections.get(heading);
    if (!commands) throw new Error(`there are no commands under "${heading}"`);
    this.done.push(heading);
    const script = [this.sections.get('Before you start'), commands].join('\n');
    const realm = { URL: system.url, REALM: this.realm.name, ADMIN_PASSWORD: system.admin.password };
    const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', script], {
      env: { ...process.env, ...realm },
    });
    return stdout;
  }

  /** Headings of commands that nobody has run. */
  get left(): string[] {
    const withCommands = [...this.sections]
      .filter(([, commands]) => commands !== '')
      .map(([heading]) => heading);
    return withCommands.filter((heading) => heading !== 'Before you start' && !this.done.includes(heading));
  }
}
