/** Selectors and labels as one line of text, as tables and `/scale` show them. */
import type { JsonMap } from '../world/json.ts';
import { mapsAt, stringsAt, textAt, textsAt } from './objects.ts';

/** `app=a,tier in (x,y)`; nothing for a selector without terms (apimachinery pkg/apis/meta/v1 FormatLabelSelector). */
export function selectorText(selector: JsonMap): string {
  const equal = labelText(stringsAt(selector, 'matchLabels'));
  const expressions = mapsAt(selector, 'matchExpressions').map((expression) => {
    const operator = textAt(expression, 'operator');
    const key = textAt(expression, 'key');
    if (operator === 'Exists') return key;
    if (operator === 'DoesNotExist') return `!${key}`;
    return `${key} ${operator.toLowerCase()} (${textsAt(expression, 'values').join(',')})`;
  });
  return [equal, ...expressions].filter((part) => part !== '').join(',');
}

/** `a=1,b=2`, sorted as Go prints a label set. */
export function labelText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}
