import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The packages that the README's first `npm install` line names. */
export function firstInstall(): readonly string[] {
  const [, packages] = /^npm install (.+)$/m.exec(readme()) ?? []
  if (packages === undefined) throw new Error('README.md has no line that begins "npm install "')
  return packages.split(' ')
}

/** The first example of the README: the code block that the comment `example: first` stands over. */
export function firstExample(): string {
  const [, code] = /<!-- example: first -->\s*```ts\n(.*?)```/s.exec(readme()) ?? []
  if (code === undefined) {
    throw new Error('README.md has no ```ts block right after a line <!-- example: first -->')
  }
  return code
}

function readme(): string {
  return readFileSync(join(import.meta.dirname, '../../../README.md'), { encoding: 'utf8' })
}
