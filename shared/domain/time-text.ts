/** Instants and spans of the world's clock, for people: the one form in which reasons, views and explanations have them. Pure. */

/** `45s`, `3m05s`, `1h12m05s`, `3d04h`: exact to a second below a day, because operations are compared by it. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const two = (value: number) => String(value).padStart(2, '0');
  const [minutes, hours, days] = [Math.floor(seconds / 60), Math.floor(seconds / 3600), Math.floor(seconds / 86_400)];
  if (days > 0) return `${days}d${two(hours % 24)}h`;
  if (hours > 0) return `${hours}h${two(minutes % 60)}m${two(seconds % 60)}s`;
  return minutes > 0 ? `${minutes}m${two(seconds % 60)}s` : `${seconds}s`;
}

/** `2026-08-10 12:14:05Z`; in UTC, like every log of the project. */
export function formatInstant(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19).replace('T', ' ')}Z`;
}
