import { text, type Block } from '@tumbler/contract-flows';
import type { Translate } from '../../texts/texts.js';
import { qrImage } from '../qr.js';

export interface BlocksProps {
  blocks: Block[];
  t: Translate;
}

/** What is shown above the fields; steps that follow each other are numbered. */
export function Blocks({ blocks, t }: BlocksProps) {
  return (
    <>
      {inRuns(blocks).map((run, index) =>
        run[0]?.kind === 'step' ? (
          <ol class="steps" key={index}>
            {run.map((block, at) => (
              <li key={at}>
                <ShownBlock block={block} t={t} />
              </li>
            ))}
          </ol>
        ) : (
          run.map((block, at) => <ShownBlock key={at} block={block} t={t} />)
        ),
      )}
    </>
  );
}

function ShownBlock({ block, t }: { block: Block; t: Translate }) {
  switch (block.kind) {
    case 'text':
      return (
        <p id={block.id} class="block-text">
          {t(block.text)}
        </p>
      );
    case 'step':
      return (
        <>
          <p>{t(block.text)}</p>
          <div class="step-blocks">
            <Blocks blocks={block.blocks ?? []} t={t} />
          </div>
        </>
      );
    case 'list':
      return (
        <ul id={block.id} class="chips">
          {block.items.map((item, index) => (
            <li key={index}>{t(item)}</li>
          ))}
        </ul>
      );
    case 'qr':
      return (
        <div class="qr">
          <img id={block.id} src={qrImage(block.value)} alt={t(block.alt)} width="264" height="264" />
        </div>
      );
    case 'secret':
      return <Secret block={block} t={t} />;
    case 'codes':
      return <Codes block={block} t={t} />;
    case 'details':
      return (
        <ul class="details">
          {block.rows.map(({ id, label, value }) => (
            <li key={id} id={id}>
              <span class="details-label">{t(label)}: </span>
              {t(value)}
            </li>
          ))}
        </ul>
      );
  }
}

function Secret({ block, t }: { block: Extract<Block, { kind: 'secret' }>; t: Translate }) {
  return (
    <div class="secret">
      <span class="secret-label">{t(block.label)}</span>
      <code id={block.id} class="secret-key" translate={false}>
        {inGroupsOfFour(block.value)}
      </code>
      <div class="secret-deeds">
        <button type="button" class="quiet" data-copies={block.value} data-copied={t(text('copied'))} hidden>
          {t(text('copyKey'))}
        </button>
        {block.uri && (
          <a class="quiet touch-only" href={block.uri}>
            {t(text('openInApp'))}
          </a>
        )}
      </div>
    </div>
  );
}

function Codes({ block, t }: { block: Extract<Block, { kind: 'codes' }>; t: Translate }) {
  return (
    <div class="secret">
      <span class="secret-label">{t(block.label)}</span>
      <ol id={block.id} class="codes" translate={false}>
        {block.values.map((value) => (
          <li key={value}>
            <code>{inGroupsOfFour(value)}</code>
          </li>
        ))}
      </ol>
      <div class="secret-deeds">
        <button
          type="button"
          class="quiet"
          data-copies={block.values.map((value, i) => `${i + 1}: ${inGroupsOfFour(value)}`).join('\n')}
          data-copied={t(text('copied'))}
          hidden
        >
          {t(text('copyCodes'))}
        </button>
      </div>
    </div>
  );
}

/** Neighbours of one sort (step, or none) together, in order. */
function inRuns(blocks: Block[]): Block[][] {
  const runs: Block[][] = [];
  for (const block of blocks) {
    const run = runs.at(-1);
    const fits = run && (run[0]?.kind === 'step') === (block.kind === 'step');
    if (fits) run.push(block);
    else runs.push([block]);
  }
  return runs;
}

const inGroupsOfFour = (value: string): string => value.replace(/(.{4})(?=.)/g, '$1 ');
