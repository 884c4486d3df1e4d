"""Draws every picture of the demo anew into `configurator_site/demo/pictures`."""

from configurator_site.demo.drawing import cabinet, desk

if __name__ == "__main__":
    cabinet.draw()
    desk.draw()
