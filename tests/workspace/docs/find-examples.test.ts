import { describe, expect, test } from 'vitest'

import { examplesOfPage, examplesOfSource, type Example } from './find-examples.ts'

const ticks = '```'

describe('in a page', () => {
  test.each<[opening: string, found: readonly Example['proof'][]]>([
    ['ts', ['run']],
    ['typescript', ['run']],
    ['ts no-run', ['compile']],
    ['ts file=examples/a/src/b.ts', [{ file: 'examples/a/src/b.ts' }]],
    ['ts fragment', []],
    ['sh', []],
    ['js', []],
    ['tsx', []],
    ['', []],
  ])('a fence that opens with "%s" holds examples to be proven by: %j', (opening, found) => {
    const examples = examplesOfPage('a.md', `# A\n\n${ticks}${opening}\nx\n${ticks}\n`)
    expect(examples.map(({ proof }) => proof)).toEqual(found)
  })

  test('each example has the line of its fence and its own code', () => {
    const text = [`${ticks}ts`, 'one', ticks, 'text', `${ticks}ts`, '', 'two', ticks].join('\n')
    expect(examplesOfPage('a.md', text)).toMatchObject([
      { path: 'a.md', line: 1, code: 'one' },
      { path: 'a.md', line: 5, code: '\ntwo' },
    ])
  })

  test('a fence within a list is as good as any, and one within a longer fence is none', () => {
    const text = [`- a list`, `  ${ticks}ts`, '  one', `  ${ticks}`, '````md', `${ticks}ts`, '````']
    expect(examplesOfPage('a.md', text.join('\n'))).toMatchObject([{ line: 2, code: 'one' }])
  })

  test('a fence that is never closed is reported', () => {
    expect(() => examplesOfPage('a.md', `text\n${ticks}ts\nx`)).toThrow('a.md:2')
  })
})

describe('in a source', () => {
  test('the examples of doc comments are found, with their line', () => {
    const text = [
      '/**',
      ' * It does.',
      ' *',
      ' * @example',
      ` * ${ticks}ts`,
      ' * one {',
      ' *   two',
      ' * }',
      ` * ${ticks}`,
      ' */',
      'export class A {',
      '  /**',
      `   * ${ticks}ts no-run`,
      '   * three',
      `   * ${ticks}`,
      '   */',
      '}',
    ].join('\n')
    expect(examplesOfSource('a.ts', text)).toEqual([
      { path: 'a.ts', line: 5, code: 'one {\n  two\n}', proof: 'run' },
      { path: 'a.ts', line: 13, code: 'three', proof: 'compile' },
    ])
  })

  test('text outside of a doc comment is not an example', () => {
    expect(examplesOfSource('a.ts', `const text = \`\n${ticks}ts\nx\n${ticks}\``)).toEqual([])
  })
})
