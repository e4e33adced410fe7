// Removes `dist` of the package in which it runs, or of all packages if it runs in the root.
// Neither the compiler nor turbo's cache removes the output of a deleted source, which must not be
// shipped.
import { globSync, rmSync } from 'node:fs'

import { publishedPatterns } from './published-packages.ts'

for (const folder of globSync(['dist', ...publishedPatterns.map((pattern) => `${pattern}/dist`)])) {
  rmSync(folder, { recursive: true, force: true })
}
