import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { workspaceRoot } from './consumer-project.ts'

/** The pages in Markdown of the repository, from the root of the workspace. */
export const markdownPages: readonly string[] = globSync(
  ['**/*.md', '.changeset/*.md', '.github/**/*.md'],
  { cwd: workspaceRoot, exclude: ['**/node_modules/**', '**/dist/**'] },
).map((path) => path.replaceAll('\\', '/'))

/** Returns the text of a page. */
export function textOfPage(path: string): string {
  return readFileSync(join(workspaceRoot, path), 'utf8')
}
