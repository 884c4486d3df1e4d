"""The picture of the wardrobe as it starts. Those of any other choices are drawn where they are
asked for.
"""

from configurator.compiled_product import compile_product
from configurator.engine.face.choices import default_completion
from configurator.geometry.compiling import compile_shapes
from configurator.geometry.picture_files import Wish, picture_file
from configurator.geometry.scene import resolve
from configurator_site.demo.drawing.scene import FOLDER
from pricing.product_file import read_product_file


def draw() -> None:
    """Draw and save the picture of the whole."""
    text = (FOLDER / "wardrobe.yaml").read_text(encoding="utf-8")
    model = read_product_file(text, "wardrobe.yaml").model
    started = default_completion(compile_product(model).engine, {}).values
    path = FOLDER / "wardrobe" / "wardrobe.webp"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(picture_file(resolve(compile_shapes(model), started), Wish("corner")))
