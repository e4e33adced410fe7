import { once } from 'node:events'
import { text } from 'node:stream/consumers'

import { expect, test } from 'vitest'

import { sqlitePlace } from './support/places.ts'
import { spawnScript } from './support/spawn-script.ts'

test.each(['hangs', 'fails'])(
  'a process ends by itself once it has closed a store whose summarizer %s',
  async (trouble) => {
    const closing = spawnScript('process-that-closes.ts', [await sqlitePlace(), trouble])
    const exited = once(closing, 'exit')

    const [timersBefore, timersAfter] = (await text(closing.stdout)).trim().split(' ').map(Number)
    expect(await exited).toEqual([0, null])
    expect(timersBefore).toBeGreaterThan(0)
    expect(timersAfter).toBe(0)
  },
)
