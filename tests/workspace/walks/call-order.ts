import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'

import { namedFunctions, type NamedFunction } from './named-functions.ts'
import { isOwnSource } from './summarize-walk.ts'
import type { Follower } from './walk-calls.ts'

/** A function that a call passed. */
export interface PassedFunction extends Pick<NamedFunction, 'name' | 'lines'> {
  /** Its file, from the root of the checkout, and its line. */
  readonly place: string
  readonly calls: number
}

const ENTERED = 'harborageEntered'

/**
 * Records the order in which functions are called, which V8's coverage does not know: each function
 * of the checkout's packages that is loaded from now on says when it is entered.
 */
export class CallOrder implements Follower<readonly PassedFunction[]> {
  readonly #functions: Omit<PassedFunction, 'calls'>[] = []
  /** How often each was entered, in the order of the first time. */
  readonly #entered = new Map<number, number>()

  constructor(checkout: string) {
    const entered = (index: number): void => {
      this.#entered.set(index, (this.#entered.get(index) ?? 0) + 1)
    }
    Object.defineProperty(globalThis, ENTERED, { value: entered })
    registerHooks({
      load: (url, context, nextLoad) => {
        const loaded = nextLoad(url, context)
        const path = url.startsWith('file:') ? fileURLToPath(url) : ''
        if (!isOwnSource(checkout, path)) return loaded
        const source = readFileSync(path, 'utf8')
        return { ...loaded, source: this.#instrument(relative(checkout, path), source) }
      },
    })
  }

  begin(): void {
    this.#entered.clear()
  }

  /** Returns the functions that were called, in the order of their first calls. */
  end(): readonly PassedFunction[] {
    return [...this.#entered].flatMap(([index, calls]) => {
      const passed = this.#functions[index]
      return passed === undefined ? [] : [{ ...passed, calls }]
    })
  }

  /** Lets each function tell that it is entered, and leaves every line where it is. */
  #instrument(path: string, source: string): string {
    const insertions: { readonly at: number; readonly text: string }[] = []
    for (const { name, line, lines, body } of namedFunctions(path, source)) {
      const entering = `globalThis.${ENTERED}(${this.#functions.length})`
      this.#functions.push({ name, lines, place: `${path}:${line}` })
      if (body.isExpression) {
        insertions.push({ at: body.start, text: `(${entering}, ` }, { at: body.end, text: ')' })
      } else {
        insertions.push({ at: body.start + 1, text: `${entering};` })
      }
    }
    return insertions
      .toSorted((one, other) => other.at - one.at)
      .reduce(
        (text, { at, text: inserted }) => text.slice(0, at) + inserted + text.slice(at),
        source,
      )
  }
}
