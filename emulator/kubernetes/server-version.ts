/** The Kubernetes whose answers the emulated API gives: codes, texts, defaults and documents are those of this kube-apiserver. */
export const serverVersion = '1.35.4';
