/** What the catalogue says of everything that a stack is made of. */
import type { ServingCatalogue } from '../../shared/domain/serving/serving-catalogue.ts';
import { fitCatalogue } from '../catalogue/fit-catalogue.ts';
import { catalogue } from '../catalogue/index.ts';
import { imageOf, servingImages } from '../catalogue/serving-images.ts';
import { engineProblems } from './engine-problems.ts';
import { roomProblems } from './node-room.ts';

const { repository, version: newest } = servingImages.vllm;

export const servingCatalogue: ServingCatalogue = {
  ...catalogue,
  engine: { version: newest, image: (version) => imageOf({ repository, version }) },
  fit: fitCatalogue,
  builderRules: [engineProblems, roomProblems],
};
