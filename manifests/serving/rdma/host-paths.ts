/** Where GKE keeps NVIDIA's libraries, and where Google's installers add theirs (GoogleCloudPlatform/container-engine-accelerators). */
export const nvidiaVolume = { name: 'nvidia', hostPath: { path: '/home/kubernetes/bin/nvidia' } } as const;

/** Before what the image has in its library path, which is kept. */
export function libraryPath(...folders: readonly string[]): string {
  return `export LD_LIBRARY_PATH=${folders.join(':')}\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}`;
}
