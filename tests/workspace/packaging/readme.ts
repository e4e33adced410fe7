import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { repositoryRoot } from '@harborage/test-kit/repository-root'

/** Returns the packages of the README's `npm install` line for single stores. */
export function firstInstall(): readonly string[] {
  const [, packages] = /^npm install (@harborage\/.+)$/m.exec(readme()) ?? []
  if (packages === undefined)
    throw new Error('README.md has no line that begins "npm install @harborage/"')
  return packages.split(' ')
}

/** Returns the first example of the README, which opens its database explicitly. */
export function firstExample(): string {
  return exampleOf('first')
}

/**
 * Returns the example of the README that opens a store by DSN, with the driver that an import
 * registers.
 */
export function exampleByDsn(): string {
  return exampleOf('by DSN')
}

/** Returns the code block below the comment `example: NAME`. */
function exampleOf(name: string): string {
  const [, code] =
    new RegExp(`<!-- example: ${name} -->\\s*\`\`\`ts\\n(.*?)\`\`\``, 's').exec(readme()) ?? []
  if (code === undefined) {
    throw new Error(`README.md has no \`\`\`ts block right after a line <!-- example: ${name} -->`)
  }
  return code
}

/** Returns the first code block in TypeScript of the README of a package. */
export function firstExampleOf(folder: string): string {
  const text = readFileSync(join(repositoryRoot, folder, 'README.md'), { encoding: 'utf8' })
  const [, code] = /```ts\n(.*?)```/s.exec(text) ?? []
  if (code === undefined) throw new Error(`${folder}/README.md has no \`\`\`ts block`)
  return code
}

function readme(): string {
  return readFileSync(join(repositoryRoot, 'README.md'), { encoding: 'utf8' })
}
