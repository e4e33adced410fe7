import { expect, test } from 'vitest'

import { sourceImports } from './source-imports.ts'

test.each([
  [`import './a.ts'`, 'value'],
  [`import { x, type Y } from './a.ts'`, 'value'],
  [`import { type Y } from './a.ts'`, 'value'],
  [`import type { Y } from './a.ts'`, 'type'],
  [`export * from './a.ts'`, 'value'],
  [`export { x } from './a.ts'`, 'value'],
  [`export type { Y } from './a.ts'`, 'type'],
  [`export type * from './a.ts'`, 'type'],
  [`type Y = import('./a.ts').Y`, 'type'],
  [`type Y = typeof import('./a.ts')`, 'type'],
  [`declare module './a.ts' { interface Y {} }`, 'type'],
  [`import a = require('./a.ts')`, 'value'],
  [`const a = await import('./a.ts')`, 'dynamic'],
])('%s names a module', (source, kind) => {
  expect(sourceImports('file.ts', `\n${source}`)).toEqual([{ specifier: './a.ts', kind, line: 2 }])
})

test('an import in a comment or a text names none', () => {
  expect(
    sourceImports('file.ts', `// import './a.ts'\nexport const x = "import './a.ts'"`),
  ).toEqual([])
})

test('a file that cannot be parsed is reported, not passed over', () => {
  expect(() => sourceImports('file.ts', 'import {')).toThrow('file.ts cannot be parsed')
})
