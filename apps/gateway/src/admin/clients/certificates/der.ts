// Writes what certificates and key stores are made of: ASN.1 in its distinguished encoding (X.690). Reads nothing.

type Part = Buffer;

const TAG = { integer: 0x02, bits: 0x03, octets: 0x04, null: 0x05, oid: 0x06, utf8: 0x0c, bmp: 0x1e };

export const sequence = (...parts: Part[]): Buffer => tagged(0x30, ...parts);
export const set = (...parts: Part[]): Buffer => tagged(0x31, ...parts);
/** Constructed, and of the context: `[0]`. */
export const explicit = (number: number, ...parts: Part[]): Buffer => tagged(0xa0 | number, ...parts);
export const octets = (...parts: Part[]): Buffer => tagged(TAG.octets, ...parts);
export const bits = (data: Buffer): Buffer => tagged(TAG.bits, Buffer.of(0), data);
export const nothing = (): Buffer => tagged(TAG.null);
export const utf8 = (text: string): Buffer => tagged(TAG.utf8, Buffer.from(text));
export const bmp = (text: string): Buffer => tagged(TAG.bmp, bigEndian(text));

/** A natural number, or the bytes of one. */
export function integer(value: number | Buffer): Buffer {
  const bytes = typeof value === 'number' ? Buffer.from(hexOf(value), 'hex') : value;
  return tagged(TAG.integer, bytes[0]! >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes);
}

/** `1.2.840.113549.1.1.11` */
export function oid(name: string): Buffer {
  const [first = 0, second = 0, ...rest] = name.split('.').map(Number);
  return tagged(TAG.oid, Buffer.from([first * 40 + second, ...rest].flatMap(base128)));
}

/** RFC 5280 §4.1.2.5: with two digits of the year until 2049. */
export function time(date: Date): Buffer {
  const digits = date.toISOString().replace(/\.\d+|[-:T]/g, '');
  const isShort = date.getUTCFullYear() < 2050;
  return tagged(isShort ? 0x17 : 0x18, Buffer.from(isShort ? digits.slice(2) : digits));
}

/** UTF-16 with the higher byte first. */
export const bigEndian = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

function tagged(tag: number, ...parts: Part[]): Buffer {
  const content = Buffer.concat(parts);
  if (content.length < 0x80) return Buffer.concat([Buffer.of(tag, content.length), content]);
  const length = Buffer.from(hexOf(content.length), 'hex');
  return Buffer.concat([Buffer.of(tag, 0x80 | length.length), length, content]);
}

const hexOf = (value: number): string => {
  const hex = value.toString(16);
  return hex.length % 2 === 0 ? hex : `0${hex}`;
};

function base128(value: number): number[] {
  const groups = [value & 0x7f];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128))
    groups.unshift((rest & 0x7f) | 0x80);
  return groups;
}
