import { create } from 'qrcode';
import { expect, it } from 'vitest';
import { OTP_URI } from '../testing/stub-services.js';
import { qrImage } from './qr.js';

const svgOf = (value: string) => Buffer.from(qrImage(value).split(',')[1] ?? '', 'base64').toString();

it('draws every dark module of the code and no other, inside four modules of white', () => {
  const { modules } = create(OTP_URI, { errorCorrectionLevel: 'M' });
  const svg = svgOf(OTP_URI);
  expect(svg).toContain(`viewBox="0 0 ${modules.size + 8} ${modules.size + 8}"`);
  const drawn = new Set<string>();
  for (const [, x, y, run] of svg.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
    for (let at = 0; at < Number(run); at++) drawn.add(`${Number(x) + at - 4},${Number(y) - 4}`);
  }
  for (let y = 0; y < modules.size; y++) {
    for (let x = 0; x < modules.size; x++) {
      expect(drawn.has(`${x},${y}`), `${x},${y}`).toBe(Boolean(modules.get(y, x)));
    }
  }
});

it('puts nothing of the value into the markup', () => {
  expect(svgOf('"><script>')).not.toContain('<script>');
});
