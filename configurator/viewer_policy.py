"""What the policy of a page lets in for the 3D viewer, and nothing else."""

from collections.abc import Mapping
from typing import Any

_OF_VIEWER = {
    "style-src": ["'sha256-PXtZZkJMMyc18o/DN1ZEFOJ2qEGq95IQbVaJFMOXOb0='"],
    "img-src": ["blob:"],
    "connect-src": ["blob:"],
}
"""Its one style sheet, by its content, and the textures that it unpacks from a file."""


def with_viewer(policy: Mapping[str, Any]) -> dict[str, Any]:
    """Return a Content-Security-Policy, by directive, with what model-viewer needs."""
    more = {name: [*policy[name], *allowed] for name, allowed in _OF_VIEWER.items()}
    return {**policy, **more}
