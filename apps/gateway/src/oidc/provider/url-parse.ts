/** oidc-provider uses `URL.parse`, which came with Node 22; Tumbler runs on Node 20 as well. */
if (!('parse' in URL)) {
  Object.defineProperty(URL, 'parse', {
    configurable: true,
    writable: true,
    value: (address: string, base?: string) => (URL.canParse(address, base) ? new URL(address, base) : null),
  });
}
