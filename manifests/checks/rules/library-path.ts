/** Folders of libraries: the loader passes over one that is not there, and the server finds another library or none. */
import type { Check, Fault } from '../check.ts';
import { type Container, envEntry } from '../container.ts';
import { at, type Place, textOf } from '../place.ts';

const libraryPath: Check = {
  id: 'library-path',
  severity: 'error',
  title:
    'LD_LIBRARY_PATH spells the folder of its architecture x86_64: one that is not there is ignored without a word.',
  source: 'Debian documentation, "Multiarch/Tuples"',
  run: ({ pods }) => pods.flatMap((pod) => pod.containers.flatMap(misspelt)),
};

/** `x88_64-linux-gnu` and the like. */
function misspelt(container: Container): readonly Fault[] {
  return libraryFolders(container)
    .filter(({ folder }) => /x\d\d[_-]\d\d\b/.test(folder) && !/x86_64/.test(folder))
    .map(({ folder, ...where }) => ({
      ...where,
      message: `there is no folder ${folder}`,
      fix: 'write x86_64, or leave the folder out',
    }));
}

const hostLibraryPath: Check = {
  id: 'host-library-path',
  severity: 'warning',
  title:
    'Below /usr/local/nvidia and /usr/local/gib, LD_LIBRARY_PATH names folders that a GPU node of GKE has there: lib64.',
  source: 'AI-Hypercomputer/gpu-recipes src/launchers (/usr/local/gib/lib64:/usr/local/nvidia/lib64)',
  run: ({ pods }) => pods.flatMap((pod) => pod.containers.flatMap(notOnNodes)),
};

/** `lib` of /usr/local/nvidia is in the path that NVIDIA's own images begin with (nvidia/cuda); nobody minds that GKE has none. */
const hostFolders: { readonly [root: string]: readonly string[] } = {
  nvidia: ['lib64', 'lib', 'bin', 'vulkan'],
  gib: ['lib64', 'bin', 'configs', 'scripts'],
};

function notOnNodes(container: Container): readonly Fault[] {
  return libraryFolders(container).flatMap(({ folder, ...where }) => {
    const [, root = '', name = ''] = /^\/usr\/local\/(nvidia|gib)\/([^/$]+)/.exec(folder) ?? [];
    if (name === '' || hostFolders[root]?.includes(name) !== false) return [];
    return [
      { ...where, message: `nodes have no folder ${folder}`, fix: `write /usr/local/${root}/lib64, if that is meant` },
    ];
  });
}

interface LibraryFolder extends Pick<Fault, 'at' | 'word'> {
  readonly folder: string;
}

/** Of the container's environment, and of what its script assigns. */
function libraryFolders(container: Container): readonly LibraryFolder[] {
  const entry = envEntry(container, 'LD_LIBRARY_PATH');
  const value = entry === undefined ? undefined : container.variables.get('LD_LIBRARY_PATH');
  const inEnvironment = entry === undefined || value === undefined ? [] : foldersOf(value, at(entry, 'value'));
  const { script } = container;
  if (script === undefined) return inEnvironment;
  const assigned = (textOf(script) ?? '').matchAll(/^[^#\n]*(?<!\w)LD_LIBRARY_PATH=["']?([^\s"';&|]+)/gm);
  const inScript = [...assigned].flatMap(([, path = '']) =>
    foldersOf(path, script).map((found) => ({ ...found, word: found.folder })),
  );
  return [...inEnvironment, ...inScript];
}

function foldersOf(path: string, place: Place): readonly LibraryFolder[] {
  return path.split(':').map((folder) => ({ folder, at: place }));
}

export const libraryPathChecks: readonly Check[] = [libraryPath, hostLibraryPath];
