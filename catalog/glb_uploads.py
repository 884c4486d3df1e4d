"""Checks an uploaded 3D model in a process of its own, with limits of memory and time: pictures in
it are decoded, which nothing else could stop.

`checked` is the caller's end, `main` the other.
"""

import os
import subprocess
import sys
from pathlib import Path

import orjson

from catalog.glb_facts import GlbFacts, GlbImage, facts_of, refuse_broken_images
from catalog.glb_files import MAX_BYTES, GlbRefused

MOST_SECONDS, MOST_CPU_SECONDS = 20.0, 10
MOST_MEMORY = 1024**3
"""Addresses, not pages: libraries set aside far more than they use."""
COMMAND = (sys.executable, "-m", __name__)
_ROOT = Path(__file__).resolve().parent.parent
# Some libraries begin as many threads as there are processors, each with memory of its own.
_ALONE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def checked(content: bytes) -> GlbFacts:
    """Return what a model tells of itself once all of it is known to be whole.

    Refuses with GlbRefused as `facts_of` does, a picture that cannot be decoded, and what takes
    more time or memory than a model may.
    """
    if len(content) > MAX_BYTES:
        # What is refused by its size alone needs no process.
        return facts_of(content)
    paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    try:
        done = subprocess.run(  # noqa: S603 (this very Python, and this module)
            COMMAND,
            input=content,
            capture_output=True,
            timeout=MOST_SECONDS,
            env={**os.environ, **_ALONE, "PYTHONPATH": os.pathsep.join(paths)},
            check=False,
        )
    except subprocess.TimeoutExpired as slow:
        raise GlbRefused("The model takes too long to be read; save a simpler one.") from slow
    if done.returncode:
        raise GlbRefused("The model takes too much to be read; save a simpler one.")
    answer = orjson.loads(done.stdout)
    if "refused" in answer:
        raise GlbRefused(answer["refused"])
    return facts_from(answer["facts"])


def facts_from(document: dict[str, object]) -> GlbFacts:
    """Return the facts that `GlbFacts.as_json` told."""
    fields = {
        key: tuple(each) if isinstance(each, list) else each for key, each in document.items()
    }
    del fields["size"]
    images = tuple(GlbImage(**each) for each in fields["images"])  # type: ignore[attr-defined]
    return GlbFacts(**{**fields, "images": images})  # type: ignore[arg-type]


def main() -> None:
    """Check the model on the standard input, and tell its facts, or why it is refused, as JSON."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_CPU_SECONDS, MOST_CPU_SECONDS))
    content = sys.stdin.buffer.read()
    try:
        facts = facts_of(content)
        refuse_broken_images(content)
        answer: dict[str, object] = {"facts": facts.as_json()}
    except GlbRefused as refused:
        answer = {"refused": refused.sentence}
    sys.stdout.buffer.write(orjson.dumps(answer))


if __name__ == "__main__":
    main()
