/** How endpoint pickers are found. */
import { type Component, COMPONENT_LABEL, type Labels } from '../labels.ts';

export const PICKER: Component = 'endpoint-picker';
/** Of any stack. */
export const anyPicker: Labels = { [COMPONENT_LABEL]: PICKER };
/** Name of the port. */
export const METRICS_PORT = 'metrics';
