import { describe, expect, it } from 'vitest'

import { readOptions } from '../src/command-line.ts'

describe('readOptions', () => {
  it('measures everything and writes the report by default', () => {
    expect(readOptions([])).toMatchObject({ quick: false, only: [], write: true })
  })

  it('writes no report of a partial or quick run, unless requested', () => {
    expect(readOptions(['--quick'])?.write).toBe(false)
    expect(readOptions(['--only', 'save'])?.write).toBe(false)
    expect(readOptions(['--quick', '--write'])?.write).toBe(true)
  })

  it('returns undefined if help is requested', () => {
    expect(readOptions(['--help'])).toBeUndefined()
  })

  it('compares with another revision in more rounds, and writes nothing', () => {
    expect(readOptions(['--against', 'main'])).toMatchObject({
      against: 'main',
      rounds: 63,
      write: false,
    })
    expect(() => readOptions(['--against', 'main', '--write'])).toThrow('--against goes neither')
  })

  it('rejects invalid options with a message', () => {
    expect(() => readOptions(['--rounds', '0'])).toThrow('--rounds has to be 1 or more')
    expect(() => readOptions(['--fast'])).toThrow(/Unknown option '--fast'[^]*pnpm bench --quick/)
  })
})
