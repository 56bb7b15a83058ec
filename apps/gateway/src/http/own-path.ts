/**
 * The path and query of an address of ours, to redirect to; undefined for every other address (ASVS 3.7, RFC 9700
 * §4.11). A path is answered and no full address, so that nothing in it can lead away from here.
 */
export function ownPath(publicUrl: string, address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  // `//elsewhere.example` as a path would be read as the name of a host.
  const leadsAway = url.origin !== publicUrl || url.pathname.startsWith('//') || url.username || url.password;
  return leadsAway ? undefined : `${url.pathname}${url.search}`;
}
