/** Objects as text that kubectl takes. */
import { Document, Scalar, visit } from 'yaml';
import type { Applied } from './wire.ts';

/**
 * For a reader of YAML 1.1, which kubectl's is (kubernetes-sigs/yaml, from go-yaml v2): text that such a one would take for a number, a
 * truth value or a date (`0`, `on`, `2026-11-22`) is quoted. In the order of the objects and of their fields.
 */
export function toYaml(objects: readonly Applied[]): string {
  return objects.map((object) => `---\n${documentOf(object)}`).join('');
}

function documentOf(object: Applied): string {
  // A part that stands twice (requests and limits) is written twice: anchors are hard to read and to edit.
  const document = new Document(object, { version: '1.1', aliasDuplicateObjects: false });
  visit(document, { Scalar: quoteForGo });
  // Scripts keep their lines; other text stays on one.
  return document.toString({ blockQuote: 'literal', lineWidth: 0 });
}

/** Go reads numbers with these beginnings that YAML 1.1 does not know (go-yaml v2 `resolve.go`: strconv.ParseInt with base 0). */
const GO_NUMBER = /^[-+]?0[bBoOxX]/;

function quoteForGo(_key: unknown, node: Scalar): void {
  const { value } = node;
  if (typeof value !== 'string') return;
  // The indentation of a block is read off its first line, where a tab is an error and spaces alone are lost.
  const isBlockBegunWithSpace = value.includes('\n') && /^\s/.test(value);
  if (GO_NUMBER.test(value) || isBlockBegunWithSpace) node.type = Scalar.QUOTE_DOUBLE;
}
