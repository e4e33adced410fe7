import { expect, onTestFinished, test } from 'vitest'
import { measure } from '@harborage/test-kit/measure'
import { createDatabase } from '@harborage/test-kit/postgres/test-database'
import { demo } from './support/demo-process.ts'
import { SAMPLE_STEPS, sampleFiles } from './support/sample-files.ts'
import { temporaryFolder } from '@harborage/example-kit/temporary-folder'

const KILLS = measure({ quick: 2, full: 4 })

test('the same run on Postgres loses nothing and repeats nothing', async () => {
  const database = await createDatabase()
  onTestFinished(() => database.drop())
  await using folder = await temporaryFolder(sampleFiles)

  const { code, stdout, stderr } = await demo(
    ...['--folder', folder.path, '--kills', String(KILLS), '--dsn', database.dsn],
  )
  expect(stderr).toBe('')
  expect(stdout.match(/worker \d killed/g)).toHaveLength(KILLS)
  expect(stdout).toContain(`✓ no step was lost: ${SAMPLE_STEPS} planned steps`)
  expect(stdout).toContain(`Nothing was lost and nothing was done twice through ${KILLS} kills.`)
  expect(stdout).not.toContain('The same code runs on Postgres')
  const { password } = new URL(database.dsn)
  if (password !== '') expect(stdout).not.toContain(password)
  expect(code).toBe(0)
})
