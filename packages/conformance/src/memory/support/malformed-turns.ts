import { MAX_TURN_BYTES } from '@harborage/memory'

const good = { userMessage: 'hello', assistantResponse: 'hi' }
const digest = {
  toolsInvoked: ['search'],
  observationsSummary: 'found',
  reasoningSummary: 'looked',
  artifactsRefs: [],
}
const circle: Record<string, unknown> = {}
circle.itself = circle

/** What is not a turn, with what is wrong about it. */
export const malformedTurns: readonly (readonly [fault: string, turn: unknown])[] = [
  ['nothing', undefined],
  ['null', null],
  ['a text', 'hello'],
  ['an array', [good]],
  ['a function', () => good],
  ['no user message', { assistantResponse: 'hi' }],
  ['no assistant response', { userMessage: 'hello' }],
  ['a number as the user message', { ...good, userMessage: 7 }],
  ['null as the assistant response', { ...good, assistantResponse: null }],
  ['a field that is not known', { ...good, mood: 'good' }],
  ['an invalid date', { ...good, timestamp: new Date(Number.NaN) }],
  ['a date as a text', { ...good, timestamp: '2024-01-01T00:00:00Z' }],
  ['a date as a number', { ...good, timestamp: 1_000 }],
  ['a turn id that got lost', { ...good, turnId: undefined }],
  ['an empty turn id', { ...good, turnId: '' }],
  ['a turn id that is a number', { ...good, turnId: 7 }],
  ['a turn id that is too long', { ...good, turnId: 'x'.repeat(129) }],
  ['a turn id with a NUL', { ...good, turnId: 'a\0b' }],
  ['a turn id with a lone surrogate', { ...good, turnId: '\ud800' }],
  ['a digest that is a text', { ...good, trajectoryDigest: 'short' }],
  ['a digest without its tools', { ...good, trajectoryDigest: { ...digest, toolsInvoked: null } }],
  ['a tool that is no text', { ...good, trajectoryDigest: { ...digest, toolsInvoked: [7] } }],
  ['a digest with more in it', { ...good, trajectoryDigest: { ...digest, more: 1 } }],
  ['artifacts that are an array', { ...good, artifactsShown: [] }],
  ['artifacts that are null', { ...good, artifactsShown: null }],
  ['artifacts with a function', { ...good, artifactsShown: { run: () => 1 } }],
  ['artifacts with undefined', { ...good, artifactsShown: { gone: undefined } }],
  ['artifacts with NaN', { ...good, artifactsShown: { number: Number.NaN } }],
  ['artifacts with a BigInt', { ...good, artifactsShown: { number: 1n } }],
  ['artifacts with a date', { ...good, artifactsShown: { date: new Date(0) } }],
  ['artifacts with a circle', { ...good, artifactsShown: circle }],
  ['hidden artifacts that are a text', { ...good, artifactsHiddenRefs: 'a' }],
  ['a hidden artifact that is no text', { ...good, artifactsHiddenRefs: [null] }],
  ['a user message that is too long', { ...good, userMessage: 'x'.repeat(MAX_TURN_BYTES) }],
  [
    'characters of two bytes that are too long',
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
