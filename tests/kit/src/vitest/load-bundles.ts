/** Loaded before every program of a run with `--import`: see bundle-libraries.ts. */
import { registerHooks } from 'node:module'

import { LIBRARY_BUNDLES, PACKAGE_BUNDLES } from './bundle-variables.ts'

const bundles = new Map(
  [LIBRARY_BUNDLES, PACKAGE_BUNDLES].flatMap(
    (name) => JSON.parse(process.env[name] || '[]') as [string, string][],
  ),
)

if (bundles.size > 0) {
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const resolved = nextResolve(specifier, context)
      const url = bundles.get(resolved.url)
      return url === undefined ? resolved : { ...resolved, url, format: 'module' }
    },
  })
}
