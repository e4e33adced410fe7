import { printable } from '@harborage/example-kit/columns'
import { dim, yellow } from '@harborage/example-kit/style'
import type { BaseMessage } from '@langchain/core/messages'
import type { Moment } from '../thread-tree.ts'

/** Returns the lines of a thread and its forks, which stand below the checkpoint that they follow. */
export function threadLines(moment: Moment, indent = '  '): string[] {
  const { step, added, isFork, asks, next } = moment
  const begins = isFork ? 'a fork: the question again' : 'the thread begins'
  const texts = added.length === 0 ? [begins] : added.map(textOf)
  const mark = asks ? ` ${yellow('?')}` : ''
  const own = texts.map((text, index) => {
    const place = index === 0 ? `step ${step}` : ''
    return `${indent}${dim(place.padEnd(9))}${printable(text)}${index === 0 ? mark : ''}`
  })
  const [only] = next
  if (only !== undefined && next.length === 1) return [...own, ...threadLines(only, indent)]
  const last = next.at(-1)
  return [...own, ...next.flatMap((each) => forkLines(each, indent, each === last))]
}

/** Returns the number of ends that a thread has. */
export function endsOf({ next }: Moment): number {
  return next.length === 0 ? 1 : next.reduce((sum, each) => sum + endsOf(each), 0)
}

function forkLines(moment: Moment, indent: string, isLast: boolean): string[] {
  const [first = '', ...rest] = threadLines(moment, '')
  const [corner, side] = isLast ? ['└─', '  '] : ['├─', '│ ']
  return [
    `${indent}${dim(corner)} ${first}`,
    ...rest.map((line) => `${indent}${dim(side)} ${line}`),
  ]
}

function textOf(message: BaseMessage): string {
  return `${message.name ?? message.type}: ${message.text}`
}
