"""Files and recipes that ask for more than anybody may have, each of our own making and harmless by
itself.

`python -m tests.attack_set` tries each in this process, and tells as JSON what was said to it, how
many seconds of the processor it took, and the memory of the process in MB.
"""

import json
import re
import struct
import time
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from PIL import Image

from catalog.errors import Refusal
from catalog.glb_facts import facts_of
from catalog.glb_files import MAX_BYTES, written
from catalog.pictures import verified
from configurator.geometry.production import production
from configurator.geometry.scene import compile_shapes, resolve
from configurator.prints.drawings import drawing
from tests.configurator.geometry.shelves import shelf
from tests.configurator.geometry.test_scene import VALUES
from tests.glb_files import picture, spoilt, stool, stool_binary, stool_glb


def tried(attack: Callable[[], object]) -> str | None:
    """Return what is said to an attack; None where it is let through."""
    try:
        attack()
    except Refusal as refused:
        return refused.sentence
    return None


# ---- pictures ------------------------------------------------------------------------------------


def png(width: int, height: int, content: bytes, before: bytes = b"") -> bytes:
    """Return a PNG of one bit a pixel."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"zTXt", before), (b"IDAT", content), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
        if data or kind != b"zTXt"
    )


def wide_png() -> bytes:
    """Return a whole picture of 144 million black pixels in a few kilobytes."""
    return png(12_000, 12_000, zlib.compress(bytes(1_501 * 12_000), 9))


def long_text_png() -> bytes:
    """Return a picture with a text of 80 MB in it."""
    packing = zlib.compressobj(9)
    text = b"".join(packing.compress(bytes(2**20)) for _ in range(80)) + packing.flush()
    return png(8, 1, zlib.compress(b"\0\0"), b"Comment\0\0" + text)


def many_scans_jpeg() -> bytes:
    """Return a progressive picture of which one scan comes 400 times."""
    file = BytesIO()
    Image.new("RGB", (16, 16), "red").save(file, "JPEG", progressive=True)
    content = file.getvalue()
    begin = content.rindex(b"\xff\xda")
    return content[:begin] + content[begin:-2] * 400 + b"\xff\xd9"


def moving(form: str, frames: int = 300) -> bytes:
    file = BytesIO()
    pictures = [Image.new("RGB", (8, 8), (number % 256, 0, 0)) for number in range(frames)]
    pictures[0].save(file, form, save_all=True, append_images=pictures[1:])
    return file.getvalue()


# ---- 3D models -----------------------------------------------------------------------------------


def model_with_picture(width: int, height: int) -> bytes:
    """Return a model with a picture that tells of this size."""
    document, content = stool(), bytearray(picture(side=8))
    content[16:24] = struct.pack(">II", width, height)
    content[29:33] = struct.pack(">I", zlib.crc32(content[12:29]))
    begin = len(stool_binary())
    document["bufferViews"].append({"buffer": 0, "byteOffset": begin, "byteLength": len(content)})
    document["images"][0]["bufferView"] = len(document["bufferViews"]) - 1
    binary = stool_binary() + content + bytes(-len(content) % 4)
    document["buffers"][0]["byteLength"] = len(binary)
    return written(document, binary)


def nested_model(depth: int = 300_000) -> bytes:
    nested = b'{"a":' * depth + b"1" + b"}" * depth
    nested += b" " * (-len(nested) % 4)
    return struct.pack("<IIIII", 0x46546C67, 2, 20 + len(nested), len(nested), 0x4E4F534A) + nested


def deep_model() -> bytes:
    """Return a model whose nodes stand in one another, 2,000 deep, each twice as large."""
    nodes = [{"children": [place + 1], "scale": [2, 2, 2]} for place in range(1_999)]
    return spoilt(lambda it: it.update(nodes=[*nodes, {"mesh": 0}]))


# ---- drawings ------------------------------------------------------------------------------------


def svg(content: str, opening: str = 'viewBox="0 0 9 9"') -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg" {opening}>{content}</svg>'.encode()


PATH = '<path d="M0 0h9v9z"/>'
DRAWINGS = {
    "a script": svg(f"<script>alert(1)</script>{PATH}"),
    "a handler": svg(f'<g onload="alert(1)">{PATH}</g>'),
    "a page": svg("<foreignObject><p>page</p></foreignObject>"),
    "a picture of another site": svg('<image href="https://example.org/a.png"/>'),
    "a file of this machine": svg('<image href="file:///etc/hostname"/>'),
    "a colour of another site": svg('<path d="M0 0h9" fill="url(https://example.org/a#b)"/>'),
    "a style of another site": svg(f"<style>@import url(https://example.org/a);</style>{PATH}"),
    "a gradient of another file": svg(f'<radialGradient id="a" href="b.svg#c"/>{PATH}'),
    "gradients in a circle": svg(
        f'<linearGradient id="a" href="#b"/><linearGradient id="b" href="#a"/>{PATH}'
    ),
    "clones": svg('<g id="a">' + PATH + '</g><use href="#a"/>'),
    "entities": b'<!DOCTYPE svg [<!ENTITY a "bbbbbbbb"><!ENTITY c "&a;&a;">]>' + svg("&c;"),
    "an entity of a file": b'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
    + svg("&a;"),
    "groups 20,000 deep": svg("<g>" * 20_000 + PATH + "</g>" * 20_000),
    "30,000 shapes": svg(PATH * 30_000),
    "500,000 points": svg('<path d="M0 0' + "L1 1" * 250_000 + '"/>'),
    "a width of 200,000 to 1": svg(PATH, 'width="200000" height="1"'),
    "a size of 10^12": svg(PATH, 'viewBox="0 0 1e12 1e12"'),
    "a place of 10^30": svg('<path d="M0 0L1e30 0"/>'),
    "no end": svg(PATH)[:-9],
    "3 MB": svg(PATH + " " * 3 * 2**20),
}


# ---- recipes -------------------------------------------------------------------------------------


def built(cuts: bool = False, **fields: object) -> object:
    board = {"key": "a", "label": "A", "length": 900, "width": 500, "thickness": 20}
    scene = resolve(compile_shapes(shelf(shapes=[{**board, **fields}])), VALUES)
    return production(scene) if cuts else scene


def hole(**fields: object) -> list[dict[str, object]]:
    return [{"key": "hole", "x": 10, "y": 10, "diameter": 1, **fields}]


ATTACKS: dict[str, Callable[[], object]] = {
    "a picture of 60,000 × 60,000": lambda: verified(png(60_000, 60_000, zlib.compress(b"\0"))),
    "a picture of 12,000 × 12,000": lambda: verified(wide_png()),
    "a picture with a text of 80 MB": lambda: verified(long_text_png()),
    "a picture of 400 scans": lambda: verified(many_scans_jpeg()),
    "a moving PNG": lambda: verified(moving("PNG")),
    "a moving WebP": lambda: verified(moving("WEBP")),
    "a picture that is cut off": lambda: verified(picture(side=64)[:-60]),
    "a page for a picture": lambda: verified(b"<script>alert(1)</script>"),
    "a vector drawing for a picture": lambda: verified(b"<svg onload='alert(1)'/>"),
    "a model of 1.5 thousand million points": lambda: facts_of(
        spoilt(lambda it: it["accessors"][0].update(count=1_500_000_000))
    ),
    "a model that stands in itself": lambda: facts_of(
        spoilt(lambda it: it["nodes"][1].update(children=[0]))
    ),
    "a model that needs a file of another site": lambda: facts_of(
        spoilt(lambda it: it["images"].append({"uri": "https://example.org/a.png"}))
    ),
    "a model with a picture of 16,000 × 16,000": lambda: facts_of(
        model_with_picture(16_000, 16_000)
    ),
    "a model described 300,000 deep": lambda: facts_of(nested_model()),
    "a model of nodes in nodes": lambda: facts_of(deep_model()),
    "a model that is cut off": lambda: facts_of(stool_glb()[:-40]),
    "a model of 12 MB and a byte": lambda: facts_of(stool_glb() + bytes(MAX_BYTES)),
    "a recipe that repeats 10^9 times": lambda: built(repeat={"i": 10**9}),
    "a recipe that repeats 10^10 times in loops": lambda: built(
        repeat={"i": 2_000, "j": 2_000, "k": 2_500}
    ),
    "a recipe of 99,999,999 holes": lambda: built(
        cuts=True, operations=hole(nx=99_999_999, px=0.001)
    ),
    "a recipe of 5,000 × 5,000 holes": lambda: built(
        cuts=True, operations=hole(nx=5_000, px=0.1, ny=5_000, py=0.05)
    ),
    "a recipe of 50 turned solids as fine as can be": lambda: built(
        form="turned",
        outline=[[200 + each % 2, 9 * each] for each in range(120)],
        repeat={"i": 50},
        length=None,
        width=None,
        thickness=None,
    ),
    "a recipe that is 10^300 mm long": lambda: built(length="10" + " * 1000000000" * 33),
}


ATTACKS |= {
    f"a drawing with {name}": lambda content=content: drawing(content)
    for name, content in DRAWINGS.items()
}


def most_memory() -> float:
    """Return the most memory that this program has had, in MB.

    What `getrusage` tells begins with the memory of the process that started it.
    """
    (most,) = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(most) / 1024


def main() -> None:
    found = {}
    for name, attack in ATTACKS.items():
        began = time.process_time()
        told = tried(attack)
        memory = most_memory()
        found[name] = {"told": told, "seconds": time.process_time() - began, "memory": memory}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
