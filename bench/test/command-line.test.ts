import { describe, expect, it } from 'vitest'

import { readOptions } from '../src/command-line.ts'

describe('readOptions', () => {
  it('measures everything and writes the report when nothing is asked for', () => {
    expect(readOptions([])).toMatchObject({ quick: false, only: [], write: true })
  })

  it('writes no report of a part or of a quick run, unless asked to', () => {
    expect(readOptions(['--quick'])?.write).toBe(false)
    expect(readOptions(['--only', 'save'])?.write).toBe(false)
    expect(readOptions(['--quick', '--write'])?.write).toBe(true)
  })

  it('gives nothing where help is wanted', () => {
    expect(readOptions(['--help'])).toBeUndefined()
  })

  it('compares with another revision in more rounds, and writes nothing', () => {
    expect(readOptions(['--against', 'main'])).toMatchObject({
      against: 'main',
      rounds: 21,
      write: false,
    })
    expect(() => readOptions(['--against', 'main', '--write'])).toThrow('--against goes neither')
  })

  it('says what is wrong', () => {
    expect(() => readOptions(['--rounds', '0'])).toThrow('--rounds has to be 1 or more')
    expect(() => readOptions(['--fast'])).toThrow(/Unknown option '--fast'[^]*pnpm bench --quick/)
  })
})
