import { describe, expect, test } from 'vitest'

import { readGuide } from './guide-steps.ts'

const ticks = '```'

describe('a guide', () => {
  test('is read as what its reader installs, writes and runs, in this order', () => {
    const text = [
      ...block('install', 'sh', 'npm install @harborage/core zod@4', 'npm install --save-dev jest'),
      ...block('file: lib/a.mjs', 'js', 'one', '', 'two'),
      ...block('run', 'sh', 'node lib/a.mjs'),
      ...block('prints', 'text', 'saved'),
      '<!-- run: node hidden.mjs -->',
      ...block('fails: node b.mjs', 'text', 'not found'),
    ].join('\n')
    expect(readGuide('a.md', text).steps).toMatchObject([
      { does: 'install', packages: ['@harborage/core', 'zod', 'jest'] },
      { does: 'write', file: 'lib/a.mjs', content: 'one\n\ntwo\n' },
      { does: 'run', command: 'node lib/a.mjs', succeeds: true, prints: ['saved'] },
      { does: 'run', command: 'node hidden.mjs', succeeds: true, prints: [] },
      { does: 'run', command: 'node b.mjs', succeeds: false, prints: ['not found'] },
    ])
  })

  test('keeps by its name what a test of its own runs', () => {
    const text = [...block('container: no folder', 'text', 'fails'), ...block('not run: x', 'sh')]
    const { steps, blocks } = readGuide('a.md', text.join('\n'))
    expect(steps).toEqual([])
    expect([...blocks]).toEqual([['no folder', 'fails']])
  })

  test.each<[what: string, lines: string[], message: string]>([
    ['with a block that no marker stands over', [`${ticks}sh`, 'x', ticks], 'a.md:1'],
    ['with a marker that no block follows', ['<!-- run -->', 'text', ticks, 'x', ticks], 'a.md:1'],
    ['with a marker that there is not', ['<!-- rum: node a.mjs -->'], 'no such marker'],
    ['with an output of no command', block('prints', 'text', 'saved'), 'a.md:3'],
    ['that installs otherwise', block('install', 'sh', 'yarn add zod'), 'yarn add zod'],
  ])('%s is refused', (_, lines, message) => {
    expect(() => readGuide('a.md', lines.join('\n'))).toThrow(message)
  })
})

function block(marker: string, language: string, ...code: readonly string[]): string[] {
  return [`<!-- ${marker} -->`, '', ticks + language, ...code, ticks, '']
}
