/** Schedules of Cloud Scheduler in unix-cron format (page "Cron job format and time zone"): five fields, in UTC here. */

/** First full minute after an instant at which the schedule fires. */
export type Schedule = (afterMs: number) => number;

/** Smallest and largest value of each field: minute, hour, day of month, month, day of week (0 and 7 are Sunday). */
const FIELDS = [
  { name: 'minute', from: 0, to: 59 },
  { name: 'hour', from: 0, to: 23 },
  { name: 'day of month', from: 1, to: 31 },
  { name: 'month', from: 1, to: 12 },
  { name: 'day of week', from: 0, to: 7 },
] as const;

const MINUTE_MS = 60_000;

/** The rarest date, 29 February, comes within eight years. */
const LONGEST_SEARCH_MS = 8 * 366 * 24 * 60 * MINUTE_MS;

/** Undefined if the text is no schedule, or one that never fires. */
export function parseSchedule(text: string): Schedule | undefined {
  const parts = text.trim().split(/\s+/);
  if (parts.length !== FIELDS.length) return undefined;
  const [minutes, hours, days, months, weekdays] = FIELDS.map((field, index) => parseField(parts[index] ?? '', field));
  if (!minutes || !hours || !days || !months || !weekdays) return undefined;
  // With both days restricted one of them is enough (crontab(5)).
  const eitherDay = parts[2] !== '*' && parts[4] !== '*';
  const isDay = (date: Date): boolean => {
    const ofMonth = days.has(date.getUTCDate());
    const ofWeek = weekdays.has(date.getUTCDay()) || (date.getUTCDay() === 0 && weekdays.has(7));
    return months.has(date.getUTCMonth() + 1) && (eitherDay ? ofMonth || ofWeek : ofMonth && ofWeek);
  };
  const isTime = (date: Date): boolean => minutes.has(date.getUTCMinutes()) && hours.has(date.getUTCHours());
  const next = (afterMs: number): number => search(afterMs, isDay, isTime);
  return Number.isFinite(next(0)) ? next : undefined;
}

/** Day by day, then minute by minute; infinite if there is none. */
function search(afterMs: number, isDay: (date: Date) => boolean, isTime: (date: Date) => boolean): number {
  const dayMs = 24 * 60 * MINUTE_MS;
  let atMs = (Math.floor(afterMs / MINUTE_MS) + 1) * MINUTE_MS;
  const giveUpMs = atMs + LONGEST_SEARCH_MS;
  while (atMs < giveUpMs) {
    const date = new Date(atMs);
    if (!isDay(date)) atMs = (Math.floor(atMs / dayMs) + 1) * dayMs;
    else if (!isTime(date)) atMs += MINUTE_MS;
    else return atMs;
  }
  return Number.POSITIVE_INFINITY;
}

interface Field {
  readonly from: number;
  readonly to: number;
}

/** `*`, `5`, `1-5`, `*` or a range with `/step`, and lists of them. */
function parseField(text: string, field: Field): ReadonlySet<number> | undefined {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const range = parsePart(part, field);
    if (range === undefined) return undefined;
    for (let value = range.from; value <= range.to; value += range.step) values.add(value);
  }
  return values;
}

function parsePart(text: string, { from, to }: Field): (Field & { readonly step: number }) | undefined {
  const match = /^(?:\*|(\d+)(?:-(\d+))?)(?:\/([1-9]\d*))?$/.exec(text);
  if (match === null) return undefined;
  const [, first = '', last, step] = match;
  if (first === '') return { from, to, step: Number(step ?? 1) };
  // `5/10` goes on to the end of the field, `5` is one value.
  const openEnd = step === undefined ? Number(first) : to;
  const range = { from: Number(first), to: last === undefined ? openEnd : Number(last), step: Number(step ?? 1) };
  return range.from >= from && range.to <= to && range.from <= range.to ? range : undefined;
}
