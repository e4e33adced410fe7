import { registerEngine } from '@harborage/core/kit'
import * as driver from '@harborage/driver-postgres'
import { expect, test } from 'vitest'

test('the package offers openPostgres and diagnose, and nothing else', () => {
  expect(Object.keys(driver)).toEqual(['diagnose', 'openPostgres'])
})

test('importing it registers the name and the DSN schemes of Postgres once', () => {
  const engine = { schemes: ['other'], open: (dsn: string) => driver.openPostgres({ dsn }) }
  expect(() => registerEngine('postgres', engine)).toThrow(
    expect.objectContaining({ code: 'invalid_config' }),
  )
  for (const scheme of ['postgres', 'postgresql']) {
    expect(() => registerEngine('other', { ...engine, schemes: [scheme] })).toThrow(
      `"${scheme}:" is already registered`,
    )
  }
})
