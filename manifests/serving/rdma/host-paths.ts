/** Where GKE keeps NVIDIA's libraries, and where Google's installers add theirs (GoogleCloudPlatform/container-engine-accelerators). */
export const nvidiaVolume = { name: 'nvidia', hostPath: { path: '/home/kubernetes/bin/nvidia' } } as const;
export const gibVolume = { name: 'gib', hostPath: { path: '/home/kubernetes/bin/gib' } } as const;

/** Where both expect to be mounted: scripts that come with them say so. */
export const NVIDIA_FOLDER = '/usr/local/nvidia';
export const GIB_FOLDER = '/usr/local/gib';
export const NVIDIA_LIBRARIES = `${NVIDIA_FOLDER}/lib64`;
export const GIB_LIBRARIES = `${GIB_FOLDER}/lib64`;

/** Before what the image has in its library path, which is kept. */
export function libraryPath(...folders: readonly string[]): string {
  return `export LD_LIBRARY_PATH=${folders.join(':')}\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}`;
}
