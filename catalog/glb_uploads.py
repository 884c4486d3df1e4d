"""Checks an uploaded 3D model in a process of its own, with limits of memory and time: pictures in
it are decoded, which nothing else could stop.

`checked` is the caller's end, `main` the other.
"""

import sys

import orjson

from catalog.children import ChildEnded, answered, command_of, limited
from catalog.glb_facts import GlbFacts, GlbImage, facts_of, refuse_broken_images
from catalog.glb_files import MAX_BYTES, GlbRefused

MOST_SECONDS, MOST_CPU_SECONDS = 20.0, 10
MOST_MEMORY = 1024**3
"""Addresses, not pages: libraries set aside far more than they use."""
COMMAND = command_of("catalog.glb_uploads")


def checked(content: bytes) -> GlbFacts:
    """Return what a model tells of itself once all of it is known to be whole.

    Refuses with GlbRefused as `facts_of` does, a picture that cannot be decoded, and what takes
    more time or memory than a model may.
    """
    if len(content) > MAX_BYTES:
        # What is refused by its size alone needs no process.
        return facts_of(content)
    try:
        told = answered(COMMAND, content, MOST_SECONDS)
    except ChildEnded as ended:
        what = "long" if ended.slow else "much"
        raise GlbRefused(f"The model takes too {what} to be read; save a simpler one.") from ended
    answer = orjson.loads(told)
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
    content = limited(MOST_MEMORY, MOST_CPU_SECONDS)
    try:
        facts = facts_of(content)
        refuse_broken_images(content)
        answer: dict[str, object] = {"facts": facts.as_json()}
    except GlbRefused as refused:
        answer = {"refused": refused.sentence}
    sys.stdout.buffer.write(orjson.dumps(answer))


if __name__ == "__main__":
    main()
