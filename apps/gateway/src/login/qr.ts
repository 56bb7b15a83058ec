import { create } from 'qrcode';

/** Modules of white around the code: scanners need four (ISO/IEC 18004). */
const QUIET = 4;

/** A QR code as an SVG image in a `data:` address, dark on white whatever the page looks like. */
export function qrImage(value: string): string {
  const { modules } = create(value, { errorCorrectionLevel: 'M' });
  const size = modules.size + 2 * QUIET;
  let path = '';
  for (let y = 0; y < modules.size; y++) {
    for (let x = 0, run = 0; x < modules.size; x += run + 1) {
      run = 0;
      while (x + run < modules.size && modules.get(y, x + run)) run++;
      if (run > 0) path += `M${x + QUIET} ${y + QUIET}h${run}v1h-${run}z`;
    }
  }
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges">` +
    `<path fill="#fff" d="M0 0h${size}v${size}H0z"/><path d="${path}"/></svg>`;
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
}
