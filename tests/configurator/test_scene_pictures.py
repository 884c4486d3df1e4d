"""Pictures are drawn beside the requests, once, by a process that can be ended."""

import os
import signal
import subprocess
import sys
import threading
import time
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from configurator import painter as painting
from configurator import pictures, scene_pictures
from configurator.geometry.picture_files import Wish, picture_file
from configurator.painter import DrawingFailed, Painter
from configurator.pictures import PicturesBusy
from configurator.scene_pictures import PictureFailed
from tests.configurator.geometry.test_glb import scene_of
from tests.drawing import needs_drawing

pytestmark = needs_drawing

WISH = Wish("corner", 64, 48)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path, monkeypatch):
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(scene_pictures, "_failed", {})


@pytest.fixture
def painter():
    made = Painter()
    yield made
    made.close()


class Slow:
    """Draws when it is let."""

    def __init__(self):
        self.drawn, self.let = 0, threading.Event()

    def draw(self, scene, wish, seconds):
        self.let.wait(30)
        self.drawn += 1
        return b"picture"


@pytest.fixture
def slow(monkeypatch):
    made = Slow()
    monkeypatch.setattr(scene_pictures, "painter", made)
    yield made
    made.let.set()
    while scene_pictures._asked:
        time.sleep(0.01)


def test_the_process_draws_what_is_drawn_here(painter):
    assert painter.draw(scene_of(), WISH) == picture_file(scene_of(), WISH)


def test_a_process_that_ended_is_begun_anew(painter):
    painter.draw(scene_of(), WISH)
    first = painter._process.pid
    os.kill(first, signal.SIGKILL)
    painter._process.wait()
    with Image.open(BytesIO(painter.draw(scene_of(), WISH))) as image:
        assert image.size == (64, 48)
    assert painter._process.pid != first


def test_what_takes_too_long_is_ended_and_the_next_is_drawn(painter):
    with pytest.raises(DrawingFailed, match=r"more than 0\.01 seconds"):
        painter.draw(scene_of(), Wish("corner", 1600, 1200), seconds=0.01)
    assert painter._process is None
    assert painter.draw(scene_of(), WISH) == picture_file(scene_of(), WISH)


def test_what_cannot_be_drawn_is_told_and_the_process_goes_on(painter):
    with pytest.raises(DrawingFailed, match="AttributeError"):
        painter.draw(None, WISH)
    first = painter._process.pid
    painter.draw(scene_of(), WISH)
    assert painter._process.pid == first


def test_the_process_ends_with_the_one_that_asks(painter):
    painter.draw(scene_of(), WISH)
    process = painter._process
    process.stdin.close()
    assert process.wait(10) == 0


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="tells no peak of memory")
@pytest.mark.parametrize("size", [(1200, 900), (1600, 1250)])
def test_the_process_takes_little_memory(painter, size):
    painter.draw(scene_of(), Wish("corner", *size))
    told = Path(f"/proc/{painter._process.pid}/status").read_text()
    peak = int(told.partition("VmHWM:")[2].split()[0]) / 1024
    assert peak < 300


def test_the_process_knows_no_framework():
    """So that it is small, and quickly there."""
    code = f"import sys, {painting.__name__}; print([n for n in ('django', 'trimesh') if n in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_two_at_once_wait_for_one_picture(slow):
    found = []
    threads = [
        threading.Thread(
            target=lambda: found.append(scene_pictures.scene_picture(scene_of(), WISH, 30))
        )
        for _ in range(4)
    ]
    for each in threads:
        each.start()
    slow.let.set()
    for each in threads:
        each.join()
    assert slow.drawn == 1
    assert {each.content for each in found} == {b"picture"}


def test_processes_of_a_machine_draw_a_picture_once(slow):
    """Another one holds the lock meanwhile, and is done when this one comes to it."""
    name = scene_pictures.picture_fingerprint(scene_of(), WISH)
    slow.let.set()
    with scene_pictures._alone(name):
        with pytest.raises(PicturesBusy):
            scene_pictures.scene_picture(scene_of(), WISH, 0.1)
        pictures.keep_made(pictures.Image(name, b"theirs", "image/webp"))
    assert scene_pictures.scene_picture(scene_of(), WISH, 30).content == b"theirs"
    assert slow.drawn == 0


def test_who_waits_in_vain_finds_it_later(slow):
    with pytest.raises(PicturesBusy) as refused:
        scene_pictures.scene_picture(scene_of(), WISH, 0.01)
    assert refused.value.headers() == {"Retry-After": "1"}
    slow.let.set()
    assert scene_pictures.scene_picture(scene_of(), WISH, 30).content == b"picture"
    assert slow.drawn == 1


def test_not_more_stand_in_line_than_there_is_room_for(slow):
    for width in range(scene_pictures.MOST_ASKED):
        with pytest.raises(PicturesBusy):
            scene_pictures.scene_picture(scene_of(), Wish("corner", 64 + width, 48), 0)
    with pytest.raises(PicturesBusy):
        scene_pictures.scene_picture(scene_of(), Wish("corner", 200, 48), 30)
    assert len(scene_pictures._asked) == scene_pictures.MOST_ASKED


def test_a_picture_that_fails_is_told_to_be_asked_for_later(monkeypatch):
    class Broken:
        def draw(self, scene, wish, seconds):
            raise DrawingFailed("It took too long.")

    monkeypatch.setattr(scene_pictures, "painter", Broken())
    with pytest.raises(PicturesBusy, match="later"):
        scene_pictures.scene_picture(scene_of(), WISH, 30)
    while scene_pictures._asked:
        time.sleep(0.01)


def test_a_picture_that_failed_is_not_tried_again_at_once(monkeypatch):
    tried = []

    class Broken:
        def draw(self, scene, wish, seconds):
            tried.append(wish)
            raise DrawingFailed("It took too long.")

    monkeypatch.setattr(scene_pictures, "painter", Broken())
    other = Wish("front", 64, 48)
    for wish in (WISH, WISH, WISH, other):
        with pytest.raises(PictureFailed) as refused:
            scene_pictures.scene_picture(scene_of(), wish, 30)
        assert refused.value.headers() == {"Retry-After": "300"}
        while scene_pictures._asked:
            time.sleep(0.01)
    assert tried == [WISH, other]
    for name in scene_pictures._failed:
        scene_pictures._failed[name] -= scene_pictures.SECONDS_FAILED
    with pytest.raises(PictureFailed):
        scene_pictures.scene_picture(scene_of(), WISH, 30)
    assert tried == [WISH, other, WISH]
    # Those that may be tried again are forgotten with the next that fails.
    assert len(scene_pictures._failed) == 1


def test_where_no_process_can_be_started_a_picture_is_busy(painter, monkeypatch):
    def refused():
        raise OSError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(painting, "_started", refused)
    with pytest.raises(DrawingFailed, match="No process could be started"):
        painter.draw(scene_of(), WISH)


def test_a_process_that_nobody_would_end_any_more_ends_itself(monkeypatch):
    """The server was killed while a library counted on."""
    code = (
        f"import time; from {painting.__name__} import main; import {painting.__name__} as it;"
        "it.LAST_SECONDS = 1; it.picture_file = lambda *_: time.sleep(60); main()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        painting._write(process.stdin, True, painting.pickle.dumps((None, None, {})))
        assert process.wait(30) == -signal.SIGALRM


def test_a_server_ends_at_once_whatever_is_drawn_and_stands_in_line(tmp_path, settings):
    code = f"""
import threading, time
import django
django.setup()
from django.conf import settings
settings.DATA_DIR = {str(tmp_path)!r}
from configurator import scene_pictures
from tests.configurator.test_scene_pictures import Wish, scene_of
class Slow:
    def draw(self, *asked):
        time.sleep(20)
scene_pictures.painter = Slow()
for width in (64, 65):
    try:
        scene_pictures.scene_picture(scene_of(), Wish("corner", width, 48), 0.1)
    except scene_pictures.PicturesBusy:
        pass
print(time.time())
"""
    told = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=settings.BASE_DIR,
        env={**os.environ, "DEBUG": "1"},
    )
    assert time.time() - float(told.stdout) < 10


def test_a_painter_that_is_closed_begins_nothing_more(painter):
    failed = []

    def draw():
        with pytest.raises(DrawingFailed) as refused:
            painter.draw(scene_of(), Wish("corner", 1600, 1250))
        failed.append(str(refused.value))

    asking = threading.Thread(target=draw)
    asking.start()
    while painter._process is None:
        time.sleep(0.01)
    painter.close()
    asking.join(10)
    assert failed == ["The server ends."]
    assert painter._process is None


def test_a_full_disk_keeps_no_part_of_a_picture(slow, monkeypatch):
    def full(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    slow.let.set()
    assert scene_pictures.scene_picture(scene_of(), WISH, 30).content == b"picture"
    assert not list(pictures.folder().glob("*/*"))


def test_what_cannot_be_swept_away_costs_nobody_a_picture(slow, monkeypatch):
    def refused(self, missing_ok=False):
        raise PermissionError(13, "Permission denied")

    slow.let.set()
    scene_pictures.scene_picture(scene_of(), WISH, 30)
    monkeypatch.setattr(Path, "unlink", refused)
    pictures.sweep(0)
    assert len(list(pictures.folder().glob("*/*"))) == 1


def test_where_the_disk_takes_nothing_pictures_are_drawn_all_the_same(slow, settings, tmp_path):
    settings.DATA_DIR = tmp_path / "file"
    settings.DATA_DIR.write_text("no folder")
    slow.let.set()
    assert scene_pictures.scene_picture(scene_of(), WISH, 30).content == b"picture"
