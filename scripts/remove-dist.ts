// Neither the compiler nor turbo's cache removes the output of a source that is gone, and a package
// must not ship it. Run in a package it is about that package, run in the root about all of them.
import { globSync, rmSync } from 'node:fs'

import { publishedPatterns } from './published-packages.ts'

for (const folder of globSync(['dist', ...publishedPatterns.map((pattern) => `${pattern}/dist`)])) {
  rmSync(folder, { recursive: true, force: true })
}
