import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { type AgentMessage, agentMessage, type Job } from './messages.ts'

const AGENT = join(import.meta.dirname, 'agent/agent-process.ts')

/** A process of the agent. */
export interface AgentProcess {
  readonly pid: number
  /** Lets the carrier answer. */
  answer(carrier: string): void
  /** Ends the process as `kill -9` does: it cannot notice it. */
  kill(): void
  /** Resolves once the process has ended. */
  readonly ended: Promise<void>
}

/** Starts a process of the agent, and calls a function with all that it says. */
export function runAgent(
  job: Job,
  interrupt: AbortSignal,
  hear: (message: AgentMessage) => void,
): AgentProcess {
  const child = fork(AGENT, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const kill = (): void => void child.kill('SIGKILL')
  interrupt.addEventListener('abort', kill, { once: true })
  child.on('message', (raw) => hear(agentMessage.parse(raw)))
  child.send(job, () => {})
  return {
    pid: child.pid ?? 0,
    answer: (carrier) => void child.send({ carrier }, () => {}),
    kill,
    ended: isGone(child).finally(() => interrupt.removeEventListener('abort', kill)),
  }
}

/** Resolves once the process has exited and its last messages have arrived. */
async function isGone(child: ChildProcess): Promise<void> {
  await Promise.all([once(child, 'exit'), once(child, 'disconnect')])
}
