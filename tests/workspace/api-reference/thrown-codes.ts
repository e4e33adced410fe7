import { TypeScript as ts } from 'typedoc'

/**
 * Returns the codes of the errors that a function throws, by itself or by functions that it calls by
 * name. Functions inside of it and what it catches are left out: they need not be thrown by the call.
 */
export function thrownCodes(checker: ts.TypeChecker, declaration: ts.Node): ReadonlySet<string> {
  const codes = new Set<string>()
  const visited = new Set<ts.Node>()
  visitFunction(declaration)
  return codes

  function visitFunction(node: ts.Node): void {
    if (visited.has(node)) return
    visited.add(node)
    ts.forEachChild(node, visit)
  }

  function visit(node: ts.Node): void {
    if (ts.isFunctionLike(node)) return
    if (ts.isTryStatement(node) && node.catchClause !== undefined) return visit(node.catchClause)
    if (ts.isThrowStatement(node)) {
      const code = codeOfError(node.expression)
      if (code !== undefined) codes.add(code)
    }
    if (ts.isCallExpression(node)) {
      const called = calledFunction(checker, node)
      if (called !== undefined) visitFunction(called)
    }
    ts.forEachChild(node, visit)
  }
}

function codeOfError(thrown: ts.Expression): string | undefined {
  if (!ts.isNewExpression(thrown) || !ts.isIdentifier(thrown.expression)) return undefined
  const code = thrown.arguments?.[0]
  const isOurs = thrown.expression.text === 'HarborageError'
  return isOurs && code !== undefined && ts.isStringLiteral(code) ? code.text : undefined
}

function calledFunction(checker: ts.TypeChecker, call: ts.CallExpression): ts.Node | undefined {
  const named = ts.isIdentifier(call.expression)
    ? checker.getSymbolAtLocation(call.expression)
    : undefined
  if (named === undefined) return undefined
  const isImported = (named.flags & ts.SymbolFlags.Alias) !== 0
  const { declarations } = isImported ? checker.getAliasedSymbol(named) : named
  return declarations?.find((found) => ts.isFunctionDeclaration(found) && found.body !== undefined)
}
