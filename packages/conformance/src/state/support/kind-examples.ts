import { textsInByteOrder } from '../../support/byte-order.ts'

/** Returns kinds that begin with `beginning`, in the order of their UTF-8 bytes. */
export function kindsInByteOrder(beginning: string): string[] {
  return textsInByteOrder.map((ending) => `${beginning}${ending}`)
}

/** A prefix with kinds that begin with it, and others. */
export interface PrefixExample {
  readonly description: string
  readonly prefix: string
  /** Kinds that begin with the prefix. */
  readonly matching: readonly string[]
  /** Kinds that would match if the prefix were not matched literally. */
  readonly others: readonly string[]
}

export const prefixExamples: readonly PrefixExample[] = [
  {
    description: 'a percent sign',
    prefix: '100%',
    matching: ['100%', '100% sure'],
    others: ['100', '1000', '100 %'],
  },
  {
    description: 'only a percent sign',
    prefix: '%',
    matching: ['%', '%a'],
    others: ['a', 'a%'],
  },
  {
    description: 'an underscore',
    prefix: 'a_c',
    matching: ['a_c', 'a_cd'],
    others: ['abc', 'a-c', 'a_'],
  },
  {
    description: 'a backslash',
    prefix: 'a\\',
    matching: ['a\\', 'a\\b', 'a\\%'],
    others: ['a', 'ab', 'a%'],
  },
  {
    description: 'an escaped percent sign',
    prefix: 'a\\%',
    matching: ['a\\%', 'a\\%b'],
    others: ['a%', 'a\\b'],
  },
  { description: 'an asterisk', prefix: 'a*', matching: ['a*', 'a*b'], others: ['a', 'ab', 'a.'] },
  {
    description: 'brackets',
    prefix: '[ab]',
    matching: ['[ab]', '[ab]c'],
    others: ['a', 'b', '[', '[a'],
  },
  { description: 'a question mark', prefix: 'a?', matching: ['a?', 'a?b'], others: ['ab', 'a'] },
  {
    description: 'a caret and a dot',
    prefix: '^a.',
    matching: ['^a.', '^a.b'],
    others: ['a.', 'ab'],
  },
  { description: 'quotes', prefix: `'"`, matching: [`'"`, `'"a`], others: [`"'`, 'a'] },
  {
    description: 'lower case',
    prefix: 'task.',
    matching: ['task.', 'task.a', 'task.A'],
    others: ['Task.a', 'TASK.A', 'tasK.a', 'task'],
  },
  { description: 'a whole kind', prefix: 'a.b', matching: ['a.b'], others: ['a.', 'a.c', 'a.B'] },
  {
    description: 'a composed character',
    prefix: '\u00e9',
    matching: ['\u00e9', '\u00e9a'],
    others: ['e\u0301', 'e', '\u00c9'],
  },
  {
    description: 'the base letter of a decomposed character',
    prefix: 'e',
    matching: ['e', 'e\u0301'],
    others: ['\u00e9', 'E'],
  },
  {
    description: 'leading and trailing spaces',
    prefix: ' a ',
    matching: [' a ', ' a b'],
    others: ['a', ' a', 'a '],
  },
  {
    description: 'the last ASCII character as the last one',
    prefix: 'a\u007f',
    matching: ['a\u007f', 'a\u007f\u{10ffff}'],
    others: ['a', 'a\u0080', 'b'],
  },
  {
    description: 'the last character before the surrogates as the last one',
    prefix: 'a\ud7ff',
    matching: ['a\ud7ff', 'a\ud7ffb', 'a\ud7ff\u{10ffff}'],
    others: ['a\ue000', 'a\ud7fe', 'b', 'a\u{10000}'],
  },
  {
    description: 'the last character of the basic plane as the last one',
    prefix: 'a\uffff',
    matching: ['a\uffff', 'a\uffff\u{10ffff}'],
    others: ['a\u{10000}', 'a\ufffe', 'b'],
  },
  {
    description: 'an astral character as the last one',
    prefix: 'a\u{1f600}',
    matching: ['a\u{1f600}', 'a\u{1f600}b'],
    others: ['a\u{1f601}', 'a\ufffd', 'a\ue000'],
  },
  {
    description: 'the last Unicode character as the last one',
    prefix: 'a\u{10ffff}',
    matching: ['a\u{10ffff}', 'a\u{10ffff}a', 'a\u{10ffff}\u{10ffff}'],
    others: ['a', 'b', 'a\uffff'],
  },
  {
    description: 'only the last Unicode character',
    prefix: '\u{10ffff}',
    matching: ['\u{10ffff}', '\u{10ffff}a', '\u{10ffff}'.repeat(256)],
    others: ['a', '\uffff', '\u{10fffe}'],
  },
  {
    description: '1,024 bytes',
    prefix: 'x'.repeat(1_024),
    matching: ['x'.repeat(1_024)],
    others: ['x'.repeat(1_023), 'x'],
  },
]
