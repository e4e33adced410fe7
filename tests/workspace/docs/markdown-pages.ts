import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { repositoryRoot } from '@harborage/test-kit/repository-root'

/** The pages in Markdown of the repository, from the root of the workspace. */
export const markdownPages: readonly string[] = globSync(
  ['**/*.md', '.changeset/*.md', '.github/**/*.md'],
  { cwd: repositoryRoot, exclude: ['**/node_modules/**', '**/dist/**'] },
).map((path) => path.replaceAll('\\', '/'))

/** Returns the text of a page. */
export function textOfPage(path: string): string {
  return readFileSync(join(repositoryRoot, path), 'utf8')
}
