/** Labels of a stack become labels of objects, which are held to more than those of Google's resources (Kubernetes documentation, "Labels and Selectors"). */
import type { Problem } from '../../domain/problem.ts';
import { fieldUnder } from '../format.ts';
import type { StackRule } from './rule.ts';

const labelsEndInLetters: StackRule = ({ labels }) =>
  Object.entries(labels).flatMap(([key, value]): readonly Problem[] => {
    const field = fieldUnder('metadata.labels', key);
    if (/[-_]$/.test(key)) {
      const rule = 'must be a key that ends with a letter or digit, as labels of Kubernetes objects do';
      return [{ field, value, rule, fix: 'cut what follows its last letter' }];
    }
    if (!/^[-_]|[-_]$/.test(value)) return [];
    const rule = 'must begin and end with a letter or digit, as labels of Kubernetes objects do';
    return [{ field, value, rule, fix: 'remove what stands around it' }];
  });

export const labelRules: readonly StackRule[] = [labelsEndInLetters];
