/** What has to be there before the pods of a stack find their weights and their token. */
import type { Stack } from '../../../shared/domain/serving/resolved-stack.ts';
import type { Applied } from '../../kubernetes/wire.ts';
import { weightsObjects } from './claims.ts';
import { tokenObjects } from './token.ts';

export function storage(stack: Stack): readonly Applied[] {
  return [...tokenObjects(stack), ...weightsObjects(stack)];
}
