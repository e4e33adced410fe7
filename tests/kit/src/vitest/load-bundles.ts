/** Loaded before every program of a run with `--import`: see bundle-libraries.ts. */
import { registerHooks } from 'node:module'

/** Names the entries of libraries and the files that are loaded in their place, as JSON. */
export const BUNDLES = 'HARBORAGE_TEST_BUNDLES'

const bundles = new Map(JSON.parse(process.env[BUNDLES] ?? '[]') as [string, string][])

if (bundles.size > 0) {
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const resolved = nextResolve(specifier, context)
      const url = bundles.get(resolved.url)
      return url === undefined ? resolved : { ...resolved, url }
    },
  })
}
