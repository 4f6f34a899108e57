/** How endpoint pickers are found. */
import { type Component, type Labels } from '../labels.ts';

export const PICKER: Component = 'endpoint-picker';
/** Of any stack. */
export const anyPicker: Labels = { 'app.kubernetes.io/component': PICKER };
/** Name of the port. */
export const METRICS_PORT = 'metrics';
