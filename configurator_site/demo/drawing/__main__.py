"""Draws every picture of the demo anew into `configurator_site/demo`."""

from configurator_site.demo.drawing import (
    cabinet,
    desk,
    lounge,
    machine,
    router,
    sign,
    wall,
    wardrobe,
)

if __name__ == "__main__":
    for product in (cabinet, desk, router, machine, wall, wardrobe, lounge, sign):
        product.draw()
