/** Writes provider-schemas.json anew: `npx node test/conformance/terraform/read-schemas.ts && npm run format`. */
import { readConfiguration, readSources } from './hcl.ts';
import { writeSchemas } from './schema.ts';
import { readProviders } from './wheels.ts';

const { declared } = await readConfiguration(readSources());
writeSchemas(readProviders([...new Set(declared.map(({ type }) => type))]));
