import type { LocalCloud } from '../local-cloud.ts';

/** A story that happens while the document is being built. */
export interface Scenario {
  readonly name: string;
  /** One line for `--help`. */
  readonly summary: string;
  /** Sets it up before the document is published; what it returns is called when the build has ended and tells what happened. */
  readonly begin: (cloud: LocalCloud, story: Story) => () => readonly string[];
}

/** What a scenario may know of the build. */
export interface Story {
  /** Name of the cluster in the document. */
  readonly cluster: string;
  /** Region path of the cluster, `projects/demo/locations/us-central1`. */
  readonly location: string;
}
