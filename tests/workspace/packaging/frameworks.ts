import { ADK_PROGRAM_PRINTS, adkProgram, BUILDS_OF_ADK, requiredAdkProgram } from './adk-program.ts'
import * as claude from './claude-agent-sdk-program.ts'
import { AGENT_PRINTS, langgraphAgent, requiredAgent } from './langgraph-agent.ts'
import * as openai from './openai-agents-program.ts'

/** A framework, and a program of someone who uses it with its adapter. */
export interface Framework {
  readonly name: string
  readonly adapter: string
  /** What its users install of it, in the newest version. */
  readonly packages: readonly string[]
  /** Those of which the oldest version is not named by a peer of the adapter. */
  readonly oldest?: readonly string[]
  /** The peers of the adapter. */
  readonly peers: readonly string[]
  /** What has to be there once, so that its classes are the same for all. */
  readonly once: readonly string[]
  /** What of ours the program imports besides the adapter. */
  readonly ours: readonly string[]
  /** What has an install script, which pnpm has to be told to run. */
  readonly builds?: readonly string[]
  /** Whether its declarations compile. */
  readonly isChecked: boolean
  readonly program: string
  /** The same program as a CommonJS module. */
  readonly requiredProgram: string
  /** What the programs print. */
  readonly prints: readonly unknown[]
}

const ofStreams = ['@harborage/core', '@harborage/journal', '@harborage/state']

export const langgraph: Framework = {
  name: 'LangGraph',
  adapter: '@harborage/langgraph',
  packages: ['@langchain/langgraph', '@langchain/core', 'zod'],
  oldest: ['@langchain/langgraph@1.0.0', 'zod'],
  peers: ['@langchain/core', '@langchain/langgraph-checkpoint'],
  once: ['@langchain/core', '@langchain/langgraph-checkpoint'],
  ours: [],
  isChecked: true,
  program: langgraphAgent,
  requiredProgram: requiredAgent,
  prints: AGENT_PRINTS,
}

export const frameworks: readonly Framework[] = [
  langgraph,
  {
    name: 'ADK',
    adapter: '@harborage/adk',
    packages: ['@google/adk'],
    peers: ['@google/adk'],
    once: ['@google/adk'],
    ours: ['@harborage/artifacts', '@harborage/memory', ...ofStreams],
    builds: BUILDS_OF_ADK,
    isChecked: false,
    program: adkProgram,
    requiredProgram: requiredAdkProgram,
    prints: ADK_PROGRAM_PRINTS,
  },
  {
    name: 'the Claude Agent SDK',
    adapter: '@harborage/claude-agent-sdk',
    packages: ['@anthropic-ai/claude-agent-sdk'],
    peers: ['@anthropic-ai/claude-agent-sdk'],
    once: ['@anthropic-ai/claude-agent-sdk'],
    ours: ofStreams,
    isChecked: false,
    program: claude.claudeProgram,
    requiredProgram: claude.requiredProgram,
    prints: claude.PROGRAM_PRINTS,
  },
  {
    name: 'the OpenAI Agents SDK',
    adapter: '@harborage/openai-agents',
    packages: ['@openai/agents', 'zod'],
    peers: ['@openai/agents'],
    once: ['@openai/agents-core'],
    ours: ofStreams,
    isChecked: false,
    program: openai.openaiProgram,
    requiredProgram: openai.requiredProgram,
    prints: openai.PROGRAM_PRINTS,
  },
]

/** Returns what users install of all frameworks, each once. */
export function packagesOfFrameworks(): readonly string[] {
  return [...new Set(frameworks.flatMap(({ packages }) => packages))]
}
