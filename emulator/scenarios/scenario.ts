import type { LocalCloud } from '../local-cloud.ts';
import type { Speed } from '../world/clock.ts';

/** A story that happens while the document is being built, and perhaps afterwards. */
export interface Scenario {
  readonly name: string;
  /** One line for `--help`. */
  readonly summary: string;
  /** World seconds per real second unless the user says otherwise; absent: that of most stories. */
  readonly speed?: Speed;
  /** UTC hour of the day at which the world begins; absent: the present one. */
  readonly beginsAtHour?: number;
  /** Whether it says lines while the build is followed, which then is told in lines, too: a view that is drawn over has one writer. */
  readonly speaksMeanwhile?: boolean;
  /** Sets it up before the document is published; what it returns is called when the build has ended and tells what happened. */
  readonly begin: (cloud: LocalCloud, story: Story, say: (line: string) => void) => () => readonly string[];
  /** What follows once everything is built; resolves with whether it went well. Absent: the build is the whole story. */
  readonly goOn?: (cloud: LocalCloud, stage: Stage) => Promise<boolean>;
}

/** What a scenario may know of the build. */
export interface Story {
  /** Name of the cluster in the document. */
  readonly cluster: string;
  /** Region path of the cluster, `projects/demo/locations/us-central1`. */
  readonly location: string;
}

/** Where a story that goes on after the build is told. */
export interface Stage extends Story {
  /** Folder of the repository. */
  readonly root: string;
  /** Whether the cloud keeps running after the story, for whoever types commands. */
  readonly goesOn: boolean;
  /** World hours that it lasts. */
  readonly hours: number;
  /** Recorded requests (CSV) instead of drawn ones. */
  readonly trace?: string;
  readonly seed: string;
  readonly screen: Screen;
  /** Runs the product's command line on the same terminal; resolves with its exit code. */
  readonly cli: (args: readonly string[]) => Promise<number>;
}

/** A terminal, or a pipe. */
export interface Screen {
  /** A line that stays. */
  say(line: string): void;
  /** A line that the next one replaces; a pipe is not told. */
  show(line: string): void;
}
