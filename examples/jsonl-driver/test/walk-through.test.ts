import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../../..')
const page = await readFile(join(root, 'docs/writing-a-driver.md'), 'utf8')
const excerpts = [...page.matchAll(/^```ts file=(\S+)\n(.*?)^```$/gms)].map(
  ([, file = '', code = '']) => ({ file, code, title: code.trim().split('\n')[0] ?? '' }),
)

describe('the walk-through of the JSON-lines driver', () => {
  it('shows pieces of its files', () => {
    expect(excerpts.length).toBeGreaterThan(5)
  })

  it.for(excerpts)('shows "$title" as it stands in $file', async ({ file, code }) => {
    const source = await readFile(join(root, file), 'utf8')
    expect(unindented(source)).toContain(unindented(code))
  })
})

/** Without the indentation, which is another one on the page. */
function unindented(code: string): string {
  return code
    .split('\n')
    .map((line) => line.trim())
    .join('\n')
}
