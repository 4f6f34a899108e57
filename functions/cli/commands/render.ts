/** Turns a ServingStack into the Kubernetes objects that serve it; without a deployment, a connection or a cluster. */
import { clusterOption, type Command, fileOption, outputOption } from '../command.ts';

export const render: Command = {
  name: 'render',
  summary: 'print the Kubernetes objects of a ServingStack; needs no connection and changes nothing',
  usage: '-f FILE [--cluster FILE] [--explain] [-o json|yaml]',
  maxPositionals: 0,
  options: {
    file: fileOption,
    cluster: clusterOption,
    explain: { summary: 'tell why each value that is no default is there, and where that is written' },
    output: outputOption,
  },
  notes: [
    'The namespace is not made unless the document asks for it (safety.createNamespace). As json the objects are one List; with --explain,',
    'objects and explanations.',
  ],
  examples: [
    ['inferctl render -f stack.yaml | kubectl apply -f -', 'serve it'],
    ['inferctl render -f stack.yaml --explain', 'with the reason and source of every value'],
  ],
  run: async (invocation) => await (await import('../render-stack.ts')).renderAsked(invocation),
};
