import { existsSync } from 'node:fs'
import { join } from 'node:path'

import { repositoryRoot } from '@harborage/test-kit/repository-root'

/** A path of this repository, and not one that stands for several. */
const namedPath =
  /^(?:packages|adapters|tools|tests|examples|docs|scripts|bench|\.github)\/[\w./-]*\w$/

/** Returns what a page names in code spans that is not in the repository, each with its line. */
export function missingPaths(page: string, text: string): string[] {
  return text.split('\n').flatMap((line, index) =>
    Array.from(line.matchAll(/`([^`]+)`/g))
      .flatMap(([, span = '']) => span.split(/\s+/))
      .filter((word) => namedPath.test(word) && !existsSync(join(repositoryRoot, word)))
      .map((word) => `${page}:${index + 1}: there is no ${word}`),
  )
}
