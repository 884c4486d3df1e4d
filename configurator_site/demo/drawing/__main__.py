"""Draws every picture of the demo anew into `configurator_site/demo`."""

from configurator_site.demo.drawing import cabinet, desk, router, wall

if __name__ == "__main__":
    for product in (cabinet, desk, router, wall):
        product.draw()
