// Neither the compiler nor turbo's cache removes the output of a source that is gone, and a package
// must not ship it. Run in a package it is about that package, run in the root about all of them.
import { globSync, rmSync } from 'node:fs'

for (const folder of globSync(['dist', 'packages/*/dist'])) {
  rmSync(folder, { recursive: true, force: true })
}
