#!/usr/bin/env bash
# trimesh 5.2.0 (PyPI) writes and reads OBJ, the format in which many shops and makers of fittings hand out models.
# Guess: a cabinet of two parts, "o side" and "o door", is read by load_scene() as these two parts, as from GLB; at the least
# when trimesh has written the file itself.
# Seen: it is one part called "side" that holds the door as well, in its own file too, and nothing is said: the parts list is
# one line short, and the door cannot be hidden or coloured. Parts of different materials stay apart, but the door is then
# called "side_1". With split_objects=True both have their names.
set -euo pipefail
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/v"
"$T/v/bin/pip" install -q trimesh==5.2.0 numpy==2.4.6 2>"$T/log" || { cat "$T/log"; exit 1; }
"$T/v/bin/python" - <<'PY'
import io

import trimesh

cabinet = trimesh.Scene()
for name, at in {"side": 0, "door": 500}.items():
    moved = trimesh.transformations.translation_matrix((at, 0, 0))
    cabinet.add_geometry(trimesh.creation.box((18, 400, 700)), geom_name=name, node_name=name, transform=moved)


def parts(kind, **options):
    written = cabinet.export(file_type=kind)
    stream = io.BytesIO(written if isinstance(written, bytes) else written.encode())
    read = trimesh.load_scene(stream, file_type=kind, **options)
    return {name: len(part.faces) for name, part in sorted(read.geometry.items())}


def materials(*of_parts):
    """Return the names read from a file of a side and a door that are made of these."""
    lines = []
    for at, (name, material) in enumerate(zip(["side", "door"], of_parts)):
        corners = " ".join(str(3 * at + corner) for corner in (1, 2, 3))
        lines += [f"o {name}", f"usemtl {material}", f"v {at} 0 0", f"v {at} 0 1", f"v {at} 1 0", f"f {corners}"]
    read = trimesh.load_scene(io.BytesIO("\n".join(lines).encode()), file_type="obj")
    return sorted(read.geometry)


objects = [line for line in cabinet.export(file_type="obj").splitlines() if line.startswith("o ")]
seen = {"obj": parts("obj"), "obj split": parts("obj", split_objects=True), "glb": parts("glb")}
print("trimesh", trimesh.__version__, "writes", objects, "and reads (faces a part):", seen)
print("both of oak:", materials("oak", "oak"), "| of oak and steel:", materials("oak", "steel"))
apart = {"door": 12, "side": 12}
assert objects == ["o side", "o door"]
assert seen == {"obj": {"side": 24}, "obj split": apart, "glb": apart}
assert [materials("oak", "oak"), materials("oak", "steel")] == [["side"], ["side", "side_1"]]
PY
