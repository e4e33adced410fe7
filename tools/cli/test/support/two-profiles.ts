import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'
import { fill, type TestPlace } from './filled-stores.ts'
import { runCommand } from './run-command.ts'

/** Writes a configuration with a profile for each place, and resolves to its folder. */
export async function writeProfiles(places: Readonly<Record<string, TestPlace>>): Promise<string> {
  const cwd = await temporaryFolder()
  const profiles = Object.fromEntries(
    Object.entries(places).map(([name, { dsn }]) => [name, { database: dsn }]),
  )
  await writeFile(join(cwd, 'harborage.config.json'), JSON.stringify({ profiles }))
  return cwd
}

/** Fills the place `from` and makes the tables of all others. Resolves to the folder. */
export async function profilesToCopy(
  places: Readonly<Record<string, TestPlace>> & { readonly from: TestPlace },
): Promise<string> {
  const cwd = await writeProfiles(places)
  await fill(places.from)
  for (const name of Object.keys(places)) {
    const { code } = await runCommand(['migrate', '--profile', name], { cwd })
    if (code !== 0) throw new Error(`the tables of ${name} were not made`)
  }
  return cwd
}
