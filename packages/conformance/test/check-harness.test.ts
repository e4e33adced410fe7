import { InMemoryArtifactDriver, ArtifactStore } from '@harborage/artifacts'
import { isHarborageError } from '@harborage/core'
import { describe, expect, test } from 'vitest'
import { artifactsConformance } from '../src/artifacts/index.ts'
import { journalConformance } from '../src/journal/index.ts'
import { memoryConformance } from '../src/memory/index.ts'
import { stateConformance } from '../src/state/index.ts'
import { stepsConformance } from '../src/steps/index.ts'

type Suite = (runner: unknown, harness: unknown) => void

/** The suites, which take anything as JavaScript does. */
const suites: Readonly<Record<string, Suite>> = {
  state: (...call) => stateConformance(...(call as Parameters<typeof stateConformance>)),
  artifacts: (...call) =>
    artifactsConformance(...(call as Parameters<typeof artifactsConformance>)),
  memory: (...call) => memoryConformance(...(call as Parameters<typeof memoryConformance>)),
  journal: (...call) => journalConformance(...(call as Parameters<typeof journalConformance>)),
  steps: (...call) => stepsConformance(...(call as Parameters<typeof stepsConformance>)),
}

const open = async () => new ArtifactStore(new InMemoryArtifactDriver())
const sound = { open, durable: true }

/** Counts the cases that a suite registers. */
class Counter {
  cases = 0
  readonly runner = {
    describe: (_name: string, body: () => void) => body(),
    it: () => {
      this.cases += 1
    },
  }
}

/** Returns the message with which a suite refuses its arguments, before it registers a case. */
function refusal(suite: Suite, harness: unknown, ...runners: readonly unknown[]): string {
  const counter = new Counter()
  try {
    suite(runners.length === 0 ? counter.runner : runners[0], harness)
  } catch (error) {
    expect(counter.cases).toBe(0)
    if (isHarborageError(error, 'invalid_config')) return error.message
    throw error
  }
  return 'none'
}

describe.for(Object.entries(suites))('the %s suite', ([, suite]) => {
  test('takes a sound harness', () => {
    const full = { ...sound, shared: false, histories: { runs: 3, seed: -7 }, callMs: 0.5 }
    for (const harness of [sound, full, { ...sound, callMs: undefined }]) {
      const counter = new Counter()
      suite(counter.runner, harness)
      expect(counter.cases).toBeGreaterThan(0)
    }
    // The main export of node:test is a function.
    expect(() =>
      suite(
        Object.assign(() => {}, new Counter().runner),
        sound,
      ),
    ).not.toThrow()
  })

  test.for<[unknown, string]>([
    [undefined, 'harness is undefined: pass an object with open and durable'],
    [null, 'harness is null'],
    [open, 'harness is a function'],
    [{}, 'harness.open is undefined: pass a function that opens a store'],
    [Promise.resolve(sound), 'harness is a promise: await it'],
    [{ open: 3, durable: true }, 'harness.open is 3'],
    [{ open }, 'harness.durable is undefined: pass true or false'],
    [{ open, durabel: true }, 'harness has the unknown name durabel instead of durable: it takes'],
    [{ open, durable: 'false' }, 'harness.durable is a string'],
    [{ ...sound, shared: 1 }, 'harness.shared is 1'],
    [{ ...sound, histroies: {} }, 'the unknown name histroies instead of histories'],
    [{ ...sound, histories: 5 }, 'harness.histories is 5'],
    [{ ...sound, histories: {} }, 'harness.histories.runs is undefined'],
    [{ ...sound, histories: { runs: -1 } }, 'harness.histories.runs is -1'],
    [{ ...sound, histories: { runs: 0 } }, 'harness.histories.runs is 0'],
    [{ ...sound, histories: { runs: '9' } }, 'harness.histories.runs is a string'],
    [{ ...sound, histories: { runs: 9, sede: 1 } }, 'the unknown name sede instead of seed'],
    [{ ...sound, histories: { runs: 9, seed: 0.5 } }, 'harness.histories.seed is 0.5'],
    [{ ...sound, callMs: 0 }, 'harness.callMs is 0'],
    [{ ...sound, callMs: Number.POSITIVE_INFINITY }, 'harness.callMs is Infinity'],
    [{ ...sound, callMs: '4' }, 'harness.callMs is a string'],
  ])('refuses the harness %j', ([harness, message]) => {
    expect(refusal(suite, harness)).toContain(message)
  })

  test('refuses what is no test runner', () => {
    const advice = 'pass { describe, it } of your test runner'
    for (const runner of [undefined, null, 'vitest', 7]) {
      expect(refusal(suite, sound, runner)).toMatch(/^runner is /)
    }
    expect(refusal(suite, sound, {})).toBe(`runner.describe is undefined: ${advice}`)
    expect(refusal(suite, sound, { describe })).toBe(`runner.it is undefined: ${advice}`)
  })
})

test('a suite refuses a malformed part that only its harness has', () => {
  const refused: readonly [string, unknown, string][] = [
    ['state', { openWithoutKindIndex: true }, 'harness.openWithoutKindIndex is a boolean'],
    ['state', { openWithoutKindIndx: open }, 'instead of openWithoutKindIndex'],
    ['steps', { openElsewhere: 'here' }, 'harness.openElsewhere is a string'],
    ['artifacts', { damage: true }, 'harness.damage is a boolean'],
    ['artifacts', { damage: { byte: open } }, 'the unknown name byte instead of bytes'],
    ['artifacts', { damage: { bytes: 3 } }, 'harness.damage.bytes is 3'],
    ['journal', { openElsewhere: open }, 'the name openElsewhere, which does not belong there'],
  ]
  for (const [name, part, message] of refused) {
    const suite = suites[name]
    if (suite === undefined) throw new Error(`there is no suite ${name}`)
    expect(refusal(suite, { ...sound, ...Object(part) })).toContain(message)
  }
})
