import type { BrokenBuild } from '../../harness/fault-row.ts'

/** A build that goes wrong on a rare value needs many calls to show it. */
const MANY = 100_000
const FEW = 8_000

export const brokenBuilds: readonly BrokenBuild[] = [
  {
    name: 'passes on what a getter throws',
    rounds: FEW,
    edits: [
      {
        file: 'packages/core/src/kit/argument-checks.ts',
        from: 'if (isHarborageError(error)) return error',
        to: 'return error as never',
      },
    ],
  },
  {
    name: 'lets lone surrogates through',
    rounds: MANY,
    edits: [
      {
        file: 'packages/core/src/kit/argument-checks.ts',
        from: "else if (!value.isWellFormed()) fault = 'holds a lone surrogate'",
        to: '',
      },
    ],
  },
  {
    name: 'merges names of JSON into a shared prototype',
    rounds: FEW,
    edits: [
      {
        file: 'packages/core/src/kit/json.ts',
        from: '  return new StrictJsonWriter(field, maxBytes).write(value)',
        to: `  const text = new StrictJsonWriter(field, maxBytes).write(value)
  const merge = (into, from) => {
    for (const [name, item] of Object.entries(from)) {
      if (typeof item === 'object' && item !== null) merge((into[name] ??= {}), item)
      else into[name] = item
    }
  }
  if (typeof value === 'object' && value !== null) merge({}, value)
  return text`,
      },
    ],
  },
  {
    name: 'walks a list by its own iterator',
    rounds: MANY,
    edits: [
      {
        file: 'packages/memory/src/internal/turn-text.ts',
        from: 'for (let index = 0; index < value.length; index += 1) {',
        to: `for (const each of value) if (typeof each !== 'string') return false
  for (let index = 0; index < value.length; index += 1) {`,
      },
    ],
  },
  {
    name: 'quotes what it refuses',
    rounds: FEW,
    edits: [
      {
        file: 'packages/core/src/kit/argument-checks.ts',
        from: '`${field} ${fault}: pass',
        to: '`${field} ${fault}, ${typeof value === "string" ? value : ""}: pass',
      },
    ],
  },
]
