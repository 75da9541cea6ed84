/** The name by which a node calls a model-local function. */
export function callKey(domain: string, name: string, overload: string): string {
  return `${domain}/${name}/${overload}`;
}
