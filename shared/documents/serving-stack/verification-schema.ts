import * as z from 'zod';
import type { LoadTest, Verification } from '../../domain/serving/verification.ts';
import { verificationDefaults as defaults } from '../../domain/serving/verification-defaults.ts';
import { decimal, flag, text, whole } from '../fields.ts';

const load = z
  .strictObject({
    url: text({
      describe: 'Where requests go; the Service of a stack without a gateway when left out',
      pattern: /^https?:\/\/[A-Za-z0-9.-]+(?::\d{1,5})?$/,
      rule: 'must be http:// or https://, a host and perhaps a port',
      example: 'http://10.0.0.5',
    }).exactOptional(),
    requestsPerSecond: decimal({
      describe: 'Requests that arrive each second, answered or not',
      min: 0.01,
      max: 10_000,
    }),
    requests: whole({
      describe: 'Requests in all',
      min: 1,
      max: 1_000_000,
      default: defaults.load.requests,
    }).exactOptional(),
    promptTokens: whole({
      describe: 'Tokens of each prompt',
      min: 1,
      max: 1_000_000,
      default: defaults.load.promptTokens,
    }).exactOptional(),
    answerTokens: whole({
      describe: 'Tokens of each answer',
      min: 1,
      max: 1_000_000,
      default: defaults.load.answerTokens,
    }).exactOptional(),
  })
  .meta({
    description: 'A Job that sends requests, and fails where monitoring.objectives are not kept',
  }) satisfies z.ZodType<LoadTest>;

export const verification = z
  .strictObject({
    nodes: whole({
      describe: 'Nodes that are looked at, each as a whole',
      min: 1,
      max: 64,
      default: defaults.nodes,
    }).exactOptional(),
    network: flag({
      describe: 'NICs and NCCL between two nodes; true when left out, where the stack uses RDMA',
    }).exactOptional(),
    load: load.exactOptional(),
  })
  .meta({ description: 'Jobs that test nodes, network and the stack itself' }) satisfies z.ZodType<Verification>;
