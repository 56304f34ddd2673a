"""Fetch what runs models in a browser, ONNX Runtime Web, for `export_web` to copy into pages.

    python tools/web_runtime.py [--optional]

The files come from the npm package at a pinned version, through npm, and are checked against its checksum.
``--optional`` ends well without npm or its registry, where pages are not needed, and says so.
"""

import argparse
import base64
import hashlib
import io
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

PACKAGE = "onnxruntime-web@1.30.0"
INTEGRITY = "sha512-q0y+JrrtukXSzsBWEMccVfqX25LRmosXHF+CaRJmg8pZClzcV7svNc4rKY3jL02Vb7QmRMDs1SigqR4CXAfKYQ=="
FILES = "ort.wasm.min.mjs", "ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm"
LONGEST = 300  # seconds
FOLDER = Path(__file__).parents[1] / "sklearn_har/deploy/web/runtime"
LICENCE = """\
ONNX Runtime Web ({package}), https://onnxruntime.ai

MIT License

Copyright (c) Microsoft Corporation

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--optional", action="store_true", help="end well if npm cannot give it")
    optional = parser.parse_args().optional
    try:
        content = packed()
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        print(f"npm gave no {PACKAGE}, which export_web needs for pages: {error}", file=sys.stderr)
        print("Once there is npm and a network, `make web` fetches it.", file=sys.stderr)
        sys.exit(0 if optional else 1)
    unpack(content)
    sizes = ", ".join(f"{name} {(FOLDER / name).stat().st_size / 1e6:.1f} MB" for name in FILES)
    print(f"{PACKAGE} in {FOLDER}: {sizes}")


def packed() -> bytes:
    """The package as npm gives it, if it is the one that was pinned."""
    with tempfile.TemporaryDirectory() as folder:
        npm = shutil.which("npm") or "npm"  # on Windows it is npm.cmd
        command = [npm, "pack", PACKAGE, "--json", "--silent", "--pack-destination", folder]
        result = subprocess.run(
            command, cwd=folder, check=True, stdout=subprocess.PIPE, text=True, timeout=LONGEST
        )
        said = result.stdout
        content = (Path(folder) / json.loads(said)[0]["filename"]).read_bytes()
    found = "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()
    if found != INTEGRITY:
        sys.exit(f"{PACKAGE} has the checksum {found}, but {INTEGRITY} is expected: it is another one.")
    return content


def unpack(content: bytes) -> None:
    """Write the files that a page needs, each at once, the largest last."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "LICENSE.txt").write_text(LICENCE.format(package=PACKAGE))
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as archive:
        for name in FILES:
            member = archive.extractfile(f"package/dist/{name}")
            if member is None:
                sys.exit(f"{PACKAGE} has no dist/{name}.")
            part = FOLDER / f"{name}.part"
            part.write_bytes(member.read())
            part.replace(FOLDER / name)


if __name__ == "__main__":
    main()
