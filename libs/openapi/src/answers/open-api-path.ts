/** `/realms/:realm/` becomes `/realms/{realm}`; what a star stands for is a path. */
export function openApiPath(path: string): string {
  const segments = path.split('/').filter(Boolean);
  return `/${segments.map((each) => each.replace(/^:(.*)$/, '{$1}').replace(/^\*$/, '{path}')).join('/')}`;
}
