/** The form of commands. They have no `metadata`: nothing is named after a command, and the time of publishing orders them. */
import * as z from 'zod';
import { MAX_CLUSTER_NAME_LENGTH } from '../../domain/cluster-names.ts';
import type { OverrideCommand, PauseCommand, ResumeCommand } from '../../domain/command.ts';
import { API_VERSION } from '../../domain/document.ts';
import { text, whole } from '../fields.ts';
import { NAMESPACE_PATTERN } from '../kubernetes-names.ts';
import { MAX_REPLICAS } from '../model-service/role-schema.ts';

/** Names of clusters, pools and documents, as `gkeName` has them. */
const NAME = `[a-z](?:[-a-z0-9]{0,${MAX_CLUSTER_NAME_LENGTH - 2}}[a-z0-9])?`;
const MODEL = `model/${NAME}/${NAMESPACE_PATTERN}/${NAME}`;

const modelTarget = text({
  describe: 'The model whose roles are held',
  pattern: new RegExp(`^${MODEL}$`),
  rule: 'must be model/<cluster>/<namespace>/<name>',
  example: 'model/demo/serving/llama-70b',
});

const anyTarget = text({
  describe: 'What it is about; nothing else changes',
  pattern: new RegExp(`^(?:${MODEL}|pool/${NAME}/${NAME}|cluster/${NAME})$`),
  rule: 'must be model/<cluster>/<namespace>/<name>, pool/<cluster>/<pool> or cluster/<name>',
  example: 'model/demo/serving/llama-70b',
});

/** 0 puts a role to sleep; whether that is allowed is decided where the model is known. */
function replicas(role: string) {
  return whole({ describe: `Replicas of ${role}`, min: 0, max: MAX_REPLICAS }).exactOptional();
}

/** Checked once more against the roles that the model has, when the command is carried out. */
export const sizes = z
  .strictObject({ aggregated: replicas('aggregated'), prefill: replicas('prefill'), decode: replicas('decode') })
  .meta({
    description: 'Replicas by role, at least one; a role that is not named is scaled as before',
    minProperties: 1,
  });

/** Bounded in time: an override without an end is a document. */
export const overrideCommand = command(
  'Override',
  z
    .strictObject({
      target: modelTarget,
      sizes,
      forSeconds: whole({
        describe:
          'Seconds that the sizes are held, from the time of publishing, e.g. 7200 for 2 h; a week at most, so that nobody is surprised by one that was forgotten',
        min: 60,
        max: 604_800,
        example: 7_200,
      }),
    })
    .meta({ description: 'Holds roles of a model at these sizes for a while' }),
) satisfies z.ZodType<OverrideCommand>;

/** Looks go on during a pause, so that whoever resumes knows what will happen. */
export const pauseCommand = command(
  'Pause',
  frozen(
    'Stops every change to a target, or to all; it is still looked at and shown. A paused model goes on telling its pools which pods it has, so they keep nodes for those; to keep the nodes as they are, pause the pool as well',
  ),
) satisfies z.ZodType<PauseCommand>;

/** Of a target: a pause of all still holds it. */
export const resumeCommand = command(
  'Resume',
  frozen('Ends a pause: of a target, or the one of all'),
) satisfies z.ZodType<ResumeCommand>;

/** `target` or `all`, never both or none; a rule says so in words, the JSON Schema to editors. */
function frozen(description: string) {
  return z
    .strictObject({
      target: anyTarget.exactOptional(),
      all: z.literal(true).meta({ description: 'Everything that the automation looks after' }).exactOptional(),
      reason: text({
        describe: 'Why; shown to whoever asks why nothing happens',
        pattern: /^[^\p{Cc}]{1,200}$/u,
        rule: 'must be one line of 1 to 200 characters',
        example: 'load test until noon',
      }).exactOptional(),
    })
    .meta({ description, oneOf: [{ required: ['target'] }, { required: ['all'] }] });
}

function command<const K extends string, S extends z.ZodType>(kind: K, spec: S) {
  return z.strictObject({
    apiVersion: z.literal(API_VERSION).meta({ description: 'Version of the document format' }),
    kind: z.literal(kind).meta({ description: 'What is to be done' }),
    spec,
  });
}
