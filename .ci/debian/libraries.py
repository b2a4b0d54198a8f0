"""Writes the licences of the crates that a binary is made of: libraries.py TARGET

Most of them may be passed on only together with their terms. Texts that are alike are
written once, below the names of all whose they are.
"""

import json
import pathlib
import subprocess
import sys

command = ["cargo", "metadata", "--locked", "--format-version", "1"]
command += ["--filter-platform", sys.argv[1]]
metadata = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
packages = {package["id"]: package for package in metadata["packages"]}
nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}

# What only tests and build scripts need is in no binary.
root = metadata["resolve"]["root"]
needed, waiting = set(), [root]
while waiting:
    for dependency in nodes[waiting.pop()]["deps"]:
        kinds = [kind["kind"] for kind in dependency["dep_kinds"]]
        if None in kinds and dependency["pkg"] not in needed:
            needed.add(dependency["pkg"])
            waiting.append(dependency["pkg"])

texts = {}
for package in sorted((packages[id] for id in needed), key=lambda package: package["name"]):
    name = f"{package['name']} {package['version']} ({package['license']})"
    folder = pathlib.Path(package["manifest_path"]).parent
    found = [
        path
        for path in sorted(folder.iterdir())
        if path.is_file() and path.name.upper().startswith(("LICENSE", "LICENCE", "COPYING", "NOTICE"))
    ]
    for path in found:
        texts.setdefault(path.read_text(encoding="utf-8", errors="replace").strip(), []).append(name)
    if not found:
        texts.setdefault("The crate says no more than this.", []).append(name)
for text, names in texts.items():
    print("\n".join(names), text, "-" * 72, sep="\n\n")
