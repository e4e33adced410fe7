import { identityOptions, requireSelection } from '../arguments/identity-options.ts'
import { placeOptions } from '../arguments/global-options.ts'
import { CommandFailure, wrongUsage } from '../command-failure.ts'
import type { Command, CommandRun } from '../command.ts'
import { exitCodes, type ExitCode } from '../exit-codes.ts'
import { openProfile } from '../places/open-profile.ts'
import { showArtifact } from '../showing/show-artifact.ts'
import { showConversation } from '../showing/show-conversation.ts'
import { showPassages } from '../showing/show-passages.ts'
import { showSlot } from '../showing/show-slot.ts'
import { showStream } from '../showing/show-stream.ts'
import type { Showing } from '../showing/showing.ts'

const shown: Readonly<Record<string, (run: CommandRun, showing: Showing) => Promise<boolean>>> = {
  slot: showSlot,
  artifact: showArtifact,
  conversation: showConversation,
  passages: showPassages,
  stream: showStream,
}

/** Shows what a slot, an artifact, a conversation, a collection of passages or a stream holds. */
export const show: Command = {
  name: 'show',
  summary: 'Show a slot, an artifact, a conversation, passages or a stream',
  description: [
    'Shows what is known of it, and its content: JSON is indented, text is shown as it is, and other bytes in hex. What an adapter wrote, such as a checkpoint of LangGraph, is decoded if its package is installed in the project of this folder. Content cannot drive the terminal: an escape is shown as \\u{1b}.',
    'A terminal gets the first lines of long content; --all, a pipe and --json get all of it. --raw writes the bytes of a slot or an artifact as they are.',
    'Exits 4 if there is no such thing.',
  ],
  arguments: [
    { name: 'WHAT', says: 'One of slot, artifact, conversation, passages and stream.' },
    {
      name: 'NAME',
      says: 'The kind of the slot, the id of the artifact, the collection of the passages or the name of the stream.',
      isOptional: true,
    },
  ],
  options: [
    ...identityOptions,
    { name: 'task', value: 'ID', says: 'The task of the artifact.' },
    { name: 'limit', value: 'N', says: 'The last N turns, passages or entries. Default: 100.' },
    { name: 'all', says: 'All of long content, also on a terminal.' },
    { name: 'raw', says: 'Only the bytes, as they are. Not on a terminal.' },
    ...placeOptions,
  ],
  examples: [
    {
      says: 'A checkpoint',
      command: 'harborage show slot task.checkpoint -t acme -u ann -s s1 -r r1',
    },
    {
      says: 'An artifact, into a file',
      command:
        'harborage show artifact default_3fa1b2c4d5e6 -t acme -u ann -s s1 --raw > page.html',
    },
    {
      says: 'What a search of past sessions finds in one of them',
      command: 'harborage show passages messages -t acme -u ann -s s1',
    },
    { says: 'A conversation', command: 'harborage show conversation -t acme -u ann -s s1' },
  ],
  run: async (run) => {
    const [what = '', name] = run.arguments
    const showIt = Object.hasOwn(shown, what) ? shown[what] : undefined
    if (showIt === undefined) {
      throw wrongUsage(`WHAT is none of ${Object.keys(shown).join(', ')}`)
    }
    if ((name === undefined) !== (what === 'conversation')) throw wrongName(what)
    const selection = requireSelection(run.options)
    await using profile = await openProfile(await run.readProfile())
    const limit = run.options.count('limit') ?? DEFAULT_LIMIT
    const showing = { stores: profile.stores, selection, name: name ?? '', limit }
    return codeOf(await showIt(run, showing), what)
  },
}

const DEFAULT_LIMIT = 100

function wrongName(what: string): CommandFailure {
  return wrongUsage(
    what === 'conversation'
      ? 'a conversation has no name: it is that of the session or the run'
      : `NAME is missing: harborage ls lists what there is`,
  )
}

function codeOf(isFound: boolean, what: string): ExitCode {
  if (isFound) return exitCodes.done
  const there = what === 'passages' ? 'there are no' : 'there is no'
  throw new CommandFailure('absent', `${there} such ${what}: harborage ls lists what there is`)
}
