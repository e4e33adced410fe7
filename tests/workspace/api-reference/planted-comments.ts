/** What is wrong in a comment, as the source of one exported name, and what is reported of it. */
export interface PlantedComment {
  readonly what: string
  readonly source: string
  /** Without the file and the line. Empty if nothing is wrong. */
  readonly faults: readonly string[]
}

/** What the planted names stand below: the comment of their entry, and the codes of its errors. */
export const plantedHead: string = `
/** An entry. @module */
class HarborageError extends Error {
  constructor(code: string) { super(code) }
}
/** The codes. */
export interface HarborageErrorCodes {
  readonly no_such_thing: true
}
/** Throws. */
function refuse(): never { throw new HarborageError('no_such_thing') }
`

export const plantedComments: readonly PlantedComment[] = [
  {
    what: 'a function without a comment',
    source: 'export function bare(): void {}',
    faults: ['bare: has no doc comment with a summary'],
  },
  {
    what: 'a function whose comment has tags only',
    source: '/** @throws `no_such_thing` */\nexport function tagged(): void {}',
    faults: ['tagged: has no doc comment with a summary'],
  },
  {
    what: 'a constant, a type, an interface and a class without a comment',
    source: [
      'export const bareConstant = 1',
      'export type BareType = string',
      'export interface BareInterface {}',
      'export class BareClass {}',
    ].join('\n'),
    faults: ['bareConstant', 'BareType', 'BareInterface', 'BareClass'].map(
      (name) => `${name}: has no doc comment with a summary`,
    ),
  },
  {
    what: 'methods without a comment',
    source: [
      '/** A class. */\nexport class Methods { bare(): void {} }',
      '/** An interface. */\nexport interface WithMethods { bare(): void }',
    ].join('\n'),
    faults: [
      'Methods.bare: has no doc comment with a summary',
      'WithMethods.bare: has no doc comment with a summary',
    ],
  },
  {
    what: 'a method that is described by the interface that it implements',
    source: [
      '/** An interface. */\nexport interface Described {\n/** Returns the named one. */\nfind(name: string): void }',
      '/** A class. */\nexport class Implements implements Described { find(name: string): void {} }',
    ].join('\n'),
    faults: [],
  },
  {
    what: 'a number and an optional property without a comment, beside one whose type says all',
    source:
      '/** Options. */\nexport interface Options { size: number; name?: string; plain: string }',
    faults: ['name', 'size'].map(
      (name) =>
        `Options.${name}: is a number or optional: its comment has to say the unit, or what holds without it`,
    ),
  },
  {
    what: 'a parameter that nothing describes',
    source: '/** Works. */\nexport function vague(amount: number): void {}',
    faults: ['vague: does not say what "amount" is'],
  },
  {
    what: 'a parameter that the summary, a tag or a linked function describes',
    source: [
      '/** Waits for an amount. */\nexport function inSummary(amount: number): void {}',
      '/**\n * Works.\n *\n * @param amount Of what.\n */\nexport function inTag(amount: number): void {}',
      '/** As {@link inTag}. */\nexport function byLink(amount: number): void {}',
    ].join('\n'),
    faults: [],
  },
  {
    what: 'a tag of a parameter that does not exist',
    source:
      '/**\n * Works.\n *\n * @param other Gone.\n */\nexport function renamed(hidden: Date): void {}',
    faults: ['The signature renamed has an @param with name "other", which was not used'],
  },
  {
    what: 'a link that leads nowhere',
    source: '/** As {@link gone}. */\nexport function lost(): void {}',
    faults: ['Failed to resolve link to "gone" in comment for lost'],
  },
  {
    what: 'a code that does not exist',
    source:
      '/**\n * Works.\n *\n * @throws `no_such_thin` if it is late.\n */\nexport function misspelled(): void {}',
    faults: ['misspelled: has an @throws with "no_such_thin", which is not the code of an error'],
  },
  {
    what: 'an empty tag of errors',
    source: '/**\n * Works.\n *\n * @throws\n */\nexport function silent(): void {}',
    faults: ['silent: has an empty @throws'],
  },
  {
    what: 'codes that are thrown and not named, by itself and by a function that it calls',
    source: [
      "/** Works. */\nexport function throwing(): void { throw new HarborageError('no_such_thing') }",
      '/** Works. */\nexport function calling(): void { if (Date.now() > 0) refuse() }',
    ].join('\n'),
    faults: ['throwing', 'calling'].map(
      (name) => `${name}: throws "no_such_thing", and its comment does not say so`,
    ),
  },
  {
    what: 'codes that are named, or caught',
    source: [
      '/**\n * Works.\n *\n * @throws `no_such_thing` at night.\n */\nexport function honest(): void { refuse() }',
      '/** Works. */\nexport function catching(): void { try { refuse() } catch {} }',
    ].join('\n'),
    faults: [],
  },
]
