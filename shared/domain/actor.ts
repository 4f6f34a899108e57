/**
 * Who has done something, as far as anybody knows. A message says of itself only by which topic it came; whoever may publish can name
 * any sender, so a name from a message is a claim and is kept apart from an actor that a door has made sure of (D11). Pure.
 *   | stored                    | shown                               |
 *   | topic:<topic>             | a publisher to topic <topic>        |
 *   | topic:<topic>/<claim>     | <claim> (unverified)                |
 *   | subscription:<name>[/…]   | a publisher through subscription … |
 *   | anything else             | as it is                            |
 */

/** What a sender may call itself: no separators of ours, no spaces, nothing that could look like a sentence. */
const CLAIM = /^[\w.@+-]{1,100}$/;

/** `via`: `topic:<topic>` or `subscription:<name>`; a claim that is none is dropped, since the message is no worse for it. */
export function publisherActor(via: string, claim: string | undefined): string {
  return claim !== undefined && CLAIM.test(claim) ? `${via}/${claim}` : via;
}

export function actorText(actor: string): string {
  const [, via, name, claim] = /^(topic|subscription):([^/]+)(?:\/(.+))?$/.exec(actor) ?? [];
  if (name === undefined) return actor;
  if (claim !== undefined) return `${claim} (unverified)`;
  return via === 'topic' ? `a publisher to topic ${name}` : `a publisher through subscription ${name}`;
}
