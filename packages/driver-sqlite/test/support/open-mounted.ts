// Started by a test in its own mount namespace: opens databases that are mounted in several ways.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { isHarborageError } from '@harborage/core'
import { diagnose } from '@harborage/driver-sqlite'

import { Notes } from './notes.ts'

const [, , root = ''] = process.argv
const other = join(root, 'other')
mkdirSync(other)
execFileSync('mount', ['-t', 'tmpfs', 'none', other])

console.log(
  JSON.stringify({
    'a file of the same device': await mounted('same', (inside) => {
      const source = join(root, 'source.db')
      writeFileSync(source, '')
      writeFileSync(inside, '')
      execFileSync('mount', ['--bind', source, inside])
    }),
    'a file of another device': await mounted('another', (inside) => {
      const source = join(other, 'source.db')
      writeFileSync(source, '')
      writeFileSync(inside, '')
      execFileSync('mount', ['--bind', source, inside])
    }),
    'a folder': await mounted('folder', (_, folder) => {
      const source = join(other, 'source')
      mkdirSync(source)
      execFileSync('mount', ['--bind', source, folder])
    }),
  }),
)

async function mounted(
  name: string,
  mount: (file: string, folder: string) => void,
): Promise<readonly unknown[]> {
  const folder = join(root, name)
  mkdirSync(folder)
  // With a space, which the kernel's list escapes.
  const dsn = join(folder, 'a b.db')
  mount(dsn, folder)
  const findings = (await diagnose({ dsn })).map((finding) => finding.name)
  const outcome = await open(dsn)
  const files = outcome === 'opens' ? readdirSync(folder).sort() : logsIn(folder)
  return [findings.join() || 'none', outcome, files]
}

async function open(dsn: string): Promise<string> {
  try {
    await (await Notes.open({ dsn })).write('one')
    return 'opens'
  } catch (error) {
    if (isHarborageError(error)) return error.code
    throw error
  }
}

function logsIn(folder: string): string[] {
  return readdirSync(folder).filter((file) => file.includes('-'))
}
