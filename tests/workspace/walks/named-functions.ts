import { parseSync, type Node } from 'oxc-parser'

/** A function in a source. */
export interface NamedFunction {
  /** The name, with that of its class or of the function around it. */
  readonly name: string
  readonly line: number
  readonly lines: number
  readonly body: Span & { readonly isExpression: boolean }
}

interface Span {
  readonly start: number
  readonly end: number
}

/** The names around a node. */
interface Surroundings {
  /** The name of the function or class around it. */
  readonly inside: string
  /** The name of a function that is this node. */
  readonly own: string | undefined
}

/** Returns every function of a source, in the order of the source. */
export function namedFunctions(path: string, source: string): readonly NamedFunction[] {
  const found: NamedFunction[] = []
  visit(parseSync(path, source).program, { inside: '', own: undefined })
  return found

  function visit(node: Node, { inside, own }: Surroundings): void {
    const declared = 'id' in node && node.id?.type === 'Identifier' ? node.id.name : undefined
    let name = own === undefined ? declared : `${inside && `${inside}.`}${own}`
    if (
      node.type === 'FunctionDeclaration' ||
      node.type === 'FunctionExpression' ||
      node.type === 'ArrowFunctionExpression'
    ) {
      name ??= `(in ${inside || 'the module'})`
      const { body } = node
      if (body) found.push({ name, ...placeOf(node), body: bodyOf(body) })
    } else if (node.type === 'ClassDeclaration') {
      name = declared
    } else {
      name = undefined
    }
    for (const child of childrenOf(node)) {
      visit(child, { inside: name ?? inside, own: nameFor(node, child) })
    }
  }

  function placeOf({ start, end }: Span): { readonly line: number; readonly lines: number } {
    return {
      line: source.slice(0, start).split('\n').length,
      lines: source.slice(start, end).split('\n').length,
    }
  }
}

function bodyOf(body: Node): NamedFunction['body'] {
  return { start: body.start, end: body.end, isExpression: body.type !== 'BlockStatement' }
}

/** Returns the name that a node gives to a function that is its value. */
function nameFor(node: Node, child: Node): string | undefined {
  if (node.type === 'VariableDeclarator') {
    return node.init === child && node.id.type === 'Identifier' ? node.id.name : undefined
  }
  const isKeyed =
    node.type === 'MethodDefinition' ||
    node.type === 'PropertyDefinition' ||
    node.type === 'Property'
  return isKeyed && node.value === child ? keyOf(node.key) : undefined
}

function keyOf(key: Node): string | undefined {
  if (key.type === 'Identifier') return key.name
  return key.type === 'PrivateIdentifier' ? `#${key.name}` : undefined
}

function childrenOf(node: Node): readonly Node[] {
  return Object.values(node)
    .flatMap((value: unknown) => value)
    .filter(isNode)
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value
}
