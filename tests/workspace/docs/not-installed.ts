/** Names of types that declarations import from packages that are not installed here. */
const types: Readonly<Record<string, readonly string[]>> = {
  '@anthropic-ai/sdk/resources': ['MessageParam'],
  '@anthropic-ai/sdk/resources/beta/messages/messages.mjs': [
    'BetaMessage',
    'BetaRawMessageStreamEvent',
    'BetaUsage',
  ],
  '@modelcontextprotocol/sdk/server/mcp.js': ['McpServer'],
  '@modelcontextprotocol/sdk/types.js': [
    'CallToolResult',
    'ElicitResult',
    'JSONRPCMessage',
    'ToolAnnotations',
  ],
}

/**
 * Declarations of the packages that the Claude Agent SDK has the types of calls to a model from.
 * They are not installed, since no test makes such a call.
 */
export const notInstalled: string = Object.entries(types)
  .map(([name, all]) => {
    const members = all.map((type) => `  export type ${type} = any\n`)
    return `declare module '${name}' {\n${members.join('')}}\n`
  })
  .join('')
