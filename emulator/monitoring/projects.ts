import type { WorldBase } from '../world/base.ts';
import { reject } from '../world/rejection.ts';
import { projectDenied } from './rejections.ts';

/** Names begin with `projects/[PROJECT_ID_OR_NUMBER]`; the world has one project. The answer names the permission of the call. */
export function checkProject(
  name: string,
  { project, projectNumber }: Pick<WorldBase, 'project' | 'projectNumber'>,
  permission: string,
): void {
  const [collection, id = ''] = name.split('/');
  if (collection !== 'projects' || ![project, projectNumber].includes(id)) reject(projectDenied, permission);
}
