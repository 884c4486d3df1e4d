"""How the geometry says no."""

from catalog.errors import Refusal


class SceneRefused(Refusal):
    """Shapes that cannot be built with these values; `data` names `shape` and `field` where they
    are known.
    """

    slug = "scene-refused"
    title = "The shapes cannot be built"
    status = 409


class CheckFailed(SceneRefused):
    """What a shape check says no to, in the words of the product."""
