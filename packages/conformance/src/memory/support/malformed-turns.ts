import { MAX_TURN_BYTES } from '@harborage/memory'

const good = { userMessage: 'hello', assistantResponse: 'hi' }
const digest = {
  toolsInvoked: ['search'],
  observationsSummary: 'found',
  reasoningSummary: 'looked',
  artifactsRefs: [],
}
const cycle: Record<string, unknown> = {}
cycle.self = cycle

/** Values that are not valid as a turn, each with what is wrong about it. */
export const malformedTurns: readonly (readonly [fault: string, turn: unknown])[] = [
  ['undefined', undefined],
  ['null', null],
  ['a text', 'hello'],
  ['an array', [good]],
  ['a function', () => good],
  ['no user message', { assistantResponse: 'hi' }],
  ['no assistant response', { userMessage: 'hello' }],
  ['a number as the user message', { ...good, userMessage: 7 }],
  ['null as the assistant response', { ...good, assistantResponse: null }],
  ['an unknown field', { ...good, mood: 'good' }],
  ['an invalid date', { ...good, timestamp: new Date(Number.NaN) }],
  ['a date as a text', { ...good, timestamp: '2024-01-01T00:00:00Z' }],
  ['a date as a number', { ...good, timestamp: 1_000 }],
  ['an undefined turn id', { ...good, turnId: undefined }],
  ['an empty turn id', { ...good, turnId: '' }],
  ['a turn id that is a number', { ...good, turnId: 7 }],
  ['a turn id that is too long', { ...good, turnId: 'x'.repeat(129) }],
  ['a turn id with a NUL', { ...good, turnId: 'a\0b' }],
  ['a turn id with a lone surrogate', { ...good, turnId: '\ud800' }],
  ['a digest that is a text', { ...good, trajectoryDigest: 'short' }],
  ['a digest without its tools', { ...good, trajectoryDigest: { ...digest, toolsInvoked: null } }],
  ['a tool that is not a text', { ...good, trajectoryDigest: { ...digest, toolsInvoked: [7] } }],
  ['a digest with an unknown field', { ...good, trajectoryDigest: { ...digest, more: 1 } }],
  ['artifacts that are an array', { ...good, artifactsShown: [] }],
  ['artifacts that are null', { ...good, artifactsShown: null }],
  ['artifacts with a function', { ...good, artifactsShown: { run: () => 1 } }],
  ['artifacts with undefined', { ...good, artifactsShown: { gone: undefined } }],
  ['artifacts with NaN', { ...good, artifactsShown: { number: Number.NaN } }],
  ['artifacts with a BigInt', { ...good, artifactsShown: { number: 1n } }],
  ['artifacts with a date', { ...good, artifactsShown: { date: new Date(0) } }],
  ['artifacts with a cycle', { ...good, artifactsShown: cycle }],
  ['hidden artifacts that are a text', { ...good, artifactsHiddenRefs: 'a' }],
  ['a hidden artifact that is not a text', { ...good, artifactsHiddenRefs: [null] }],
  ['a user message that is too long', { ...good, userMessage: 'x'.repeat(MAX_TURN_BYTES) }],
  [
    'a user message of two-byte characters that is too long',
    { ...good, userMessage: 'é'.repeat(MAX_TURN_BYTES / 2) },
  ],
  [
    'two texts that are too long together',
    {
      userMessage: 'x'.repeat(MAX_TURN_BYTES / 2),
      assistantResponse: 'y'.repeat(MAX_TURN_BYTES / 2),
    },
  ],
]
