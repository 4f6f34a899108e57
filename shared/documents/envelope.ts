import * as z from 'zod';
import { API_VERSION, MAX_SEQUENCE } from '../domain/document.ts';
import { whole } from './fields.ts';
import { gkeName, resourceLabels } from './names.ts';

/** The frame that all documents share: `apiVersion`, `kind`, `metadata`, `spec`. */
export function envelope<const K extends string, S extends z.ZodType>(kind: K, spec: S) {
  return z.strictObject({
    apiVersion: z.literal(API_VERSION).meta({ description: 'Version of the document format' }),
    kind: z.literal(kind).meta({ description: 'What the document describes' }),
    metadata,
    spec,
  });
}

export const metadata = z
  .strictObject({
    name: gkeName('Name; part of the name of everything that is built', 'demo'),
    sequence: whole({
      describe: 'Order among the documents of this name; the time of publishing when left out',
      min: 0,
      max: MAX_SEQUENCE,
    }).exactOptional(),
    labels: resourceLabels.exactOptional(),
  })
  .meta({ description: 'Identity and order' });
