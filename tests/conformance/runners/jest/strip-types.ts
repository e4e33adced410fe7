import { stripTypeScriptTypes } from 'node:module'

/** Jest's transform: what Node.js itself does to the sources of this workspace. */
export function process(source: string): { readonly code: string } {
  return { code: stripTypeScriptTypes(source) }
}
