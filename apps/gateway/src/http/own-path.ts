/**
 * The path and query of an address of ours, to redirect to; undefined for every other address (ASVS 3.7, RFC 9700
 * §4.11). A path is answered and no full address, so that nothing in it can lead away from here.
 */
export function ownPath(publicUrl: string, address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  const isOurs = url.origin === publicUrl && /^https?:$/.test(url.protocol) && !url.username && !url.password;
  // `//elsewhere.example` as a path would be read as the name of a host.
  return isOurs && !url.pathname.startsWith('//') ? `${url.pathname}${url.search}` : undefined;
}
