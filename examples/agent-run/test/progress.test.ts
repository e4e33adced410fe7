import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { showProgress } from '../src/report/progress.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] })
  vi.stubEnv('NO_COLOR', '')
  vi.stubEnv('TERM', 'xterm')
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllEnvs()
})

/** Returns what is written during ten seconds of work. */
function written(isTTY: boolean): string[] {
  const texts: string[] = []
  const stream = { isTTY, write: (text: string) => texts.push(text) }
  const progress = showProgress(1_000, stream)
  for (let second = 1; second <= 10; second += 1) {
    vi.advanceTimersByTime(1_000)
    progress.update(second * 100)
  }
  progress.clear()
  return texts
}

test('a terminal gets a bar that is erased at the end', () => {
  const texts = written(true)
  expect(texts).toHaveLength(11)
  expect(texts[4]).toBe(`\r\u001b[2K  ${'█'.repeat(20)}${'░'.repeat(20)} 500 of 1,000 steps`)
  expect(texts.at(-1)).toBe('\r\u001b[2K')
})

test('without a terminal a plain line is written every five seconds', () => {
  expect(written(false)).toEqual(['  … 500 of 1,000 steps\n', '  … 1,000 of 1,000 steps\n'])
})

test('a terminal with NO_COLOR gets plain lines too', () => {
  vi.stubEnv('NO_COLOR', '1')
  expect(written(true).join('')).not.toContain('\u001b')
})
