"""Files of one configuration in one ZIP; equal files give equal bytes."""

import io
import zipfile
from collections.abc import Iterable

_DATED = (1980, 1, 1, 0, 0, 0)


def archive(files: Iterable[tuple[str, bytes]]) -> bytes:
    """Return a ZIP of `files`, pairs of path and content, in their order."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as written:
        for path, content in files:
            entry = zipfile.ZipInfo(path, _DATED)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            written.writestr(entry, content)
    return target.getvalue()
