"""Files of automations: in folders of the site, in S3, and on servers that speak SFTP."""

import io
import re

import orjson
import paramiko
import pytest
from requests import Request
from requests_aws4auth import AWS4Auth

from catalog.errors import Refusal
from configurator.completing import complete
from configurator.keeping import save
from configurator.offers import published
from integrations.automations import operations
from integrations.automations.errors import StepRefused
from integrations.automations.kinds.files import parts_list
from integrations.automations.models import Run, Step, Storage
from integrations.automations.storing import StorageWish, keep_storage
from integrations.webhooks.models import Event
from integrations.webhooks.outbox import record
from tests.integrations.automations.sftp import sftp_server
from tests.integrations.egress.receiver import receiver, saying

pytestmark = [pytest.mark.database, pytest.mark.django_db]

S3 = {"region": "eu-central-1", "bucket": "orders", "access_key": "AKIDEXAMPLE", "folder": "desks"}
HOST_KEY = "SHA256:" + "A" * 43


@pytest.fixture
def folder(settings, tmp_path):
    settings.AUTOMATION_FILES = tmp_path / "kept"
    return tmp_path / "kept" / "joinery"


@pytest.fixture(scope="module")
def key():
    return paramiko.RSAKey.generate(2048)


@pytest.fixture
def server(tmp_path, key):
    (tmp_path / "there").mkdir()
    with sftp_server(tmp_path / "there", key) as found:
        yield found


def storage_of(shop, kind="local", said=None, secret="", name="Archive"):
    return keep_storage(Storage(merchant=shop), StorageWish(name, kind, said or {}, secret))


def sftp_of(shop, server, secret="secret", **said):
    known = {
        "host": "127.0.0.1",
        "port": server.port,
        "host_key": server.fingerprint,
        "user": "maria",
    }
    return storage_of(shop, "sftp", {**known, **said}, secret)


def into(storage, name="{product}/{id}.json", **said):
    return "file", {"storage": storage.public_id, "name": name, **said}


def happen(shop, **data):
    return record(
        shop,
        "configuration.completed",
        "c1",
        {"id": "c1", "product": "desk", "version": 1, **data},
        "desk",
    )


def test_a_file_is_put_into_the_merchants_own_folder(shop, automation_of, still, folder):
    automation_of(shop, into(storage_of(shop, said={"folder": "orders"})))
    event = happen(shop, choices={"frame": "oak"})
    still.goes_on(seconds=1)
    (found,) = [path for path in folder.rglob("*") if path.is_file()]
    assert found == folder / "orders" / "desk" / "c1.json"
    assert orjson.loads(found.read_bytes()) == event.envelope()
    step = Step.objects.get()
    assert (step.told, step.output["file"]) == (
        "orders/desk/c1.json is in Archive.",
        "orders/desk/c1.json",
    )


def test_it_is_written_again_as_the_same_file(shop, automation_of, still, folder):
    automation_of(shop, into(storage_of(shop)))
    happen(shop)
    still.goes_on(seconds=1)
    Step.objects.update(state="pending")
    Run.objects.update(state="waiting", due_at=still.moment)
    still.goes_on(seconds=1)
    assert Step.objects.get().attempts == 2
    assert [path.name for path in folder.rglob("*") if path.is_file()] == ["c1.json"]


@pytest.mark.parametrize(
    "typed", ["../../etc/passwd", "..", "/etc", "a/b", ".hidden", "C:\\x", "é" * 300]
)
def test_no_choice_leads_out_of_the_folder(shop, automation_of, still, folder, typed):
    automation_of(shop, into(storage_of(shop), "{engraving}/{engraving}.json"))
    happen(shop, choices={"engraving": typed})
    still.goes_on(seconds=1)
    (found,) = folder.parent.parent.rglob("*.json")
    assert found.parent.parent == folder
    assert ".." not in found.parts and not found.name.startswith(".")


@pytest.mark.parametrize("typed", ["_bench", "bench_", "-bench"])
def test_an_id_that_begins_with_a_line_stays_whole(shop, automation_of, still, folder, typed):
    automation_of(shop, into(storage_of(shop), "{engraving}.json"))
    happen(shop, choices={"engraving": typed})
    still.goes_on(seconds=1)
    assert [path.name for path in folder.rglob("*.json")] == [f"{typed}.json"]


def test_a_link_in_the_folder_leads_nowhere(shop, automation_of, still, folder, tmp_path):
    (tmp_path / "else").mkdir()
    folder.mkdir(parents=True)
    (folder / "desk").symlink_to(tmp_path / "else")
    automation_of(shop, into(storage_of(shop)))
    happen(shop)
    still.goes_on(seconds=1)
    assert Step.objects.get().told == "This leads out of the merchant's own folder."
    assert list((tmp_path / "else").iterdir()) == []


def test_a_site_without_a_folder_says_so(shop, settings):
    settings.AUTOMATION_FILES = None
    with pytest.raises(Refusal, match="AUTOMATION_FILES"):
        storage_of(shop)


def test_the_parts_list_is_a_table(shop, automation_of, still, folder):
    automation_of(shop, into(storage_of(shop), "{id}.csv", content="parts_list"))
    row = save(published(shop.slug, "desk"), {"frame": "oak"})
    complete(row)
    row.refresh_from_db()
    still.goes_on(seconds=1)
    head, *lines = (folder / f"{row.public_id}.csv").read_text("utf-8-sig").splitlines()
    assert {"quantity", "unit"} <= set(head.split(","))
    assert len(lines) == len(row.stored["bom"])


def test_no_cell_of_a_table_is_a_formula():
    lines = [
        {"label": "=HYPERLINK(1)", "quantity": -2},
        {"label": "-5", "extra": [1]},
        {"label": "@x", "more": "y"},
    ]
    text = parts_list(lines).decode("utf-8-sig")
    assert text.splitlines() == ["label,quantity,more", "'=HYPERLINK(1),-2,", "-5,,", "'@x,,y"]


def test_a_product_without_a_picture_says_so(shop, automation_of, still, folder):
    automation_of(shop, into(storage_of(shop), "{id}.jpg", content="picture"))
    complete(save(published(shop.slug, "desk"), {}))
    still.goes_on(seconds=1)
    assert Step.objects.get().told == "The product has no picture."


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ({"name": "../{id}"}, "name"),
        ({"name": "/{id}"}, "name"),
        ({"name": "{prodct}"}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"storage": "sto_none"}, ""),
        ({"content": "film"}, "content"),
    ],
)
def test_what_cannot_be_put_is_refused_with_its_place(shop, automation_of, folder, said, place):
    storage = storage_of(shop)
    with pytest.raises(StepRefused) as refused:
        automation_of(shop, ("file", {"storage": storage.public_id, "name": "{id}", **said}))
    assert (
        refused.value.data["errors"][0]["pointer"]
        == f"/steps/0/settings{f'/{place}' if place else ''}"
    )


def test_a_dry_run_tells_the_file_and_writes_none(shop, automation_of, folder):
    automation = automation_of(shop, into(storage_of(shop)))
    happen(shop)
    ((_, preview),) = operations.rehearsed(automation, Event.objects.get()).steps
    assert preview.told == "desk/c1.json is put into Archive."
    assert '"id": "c1"' in preview.details["content"]
    assert not folder.exists()


# -- S3


def test_s3_is_given_a_signed_file(shop, automation_of, still):
    with receiver(saying(200)) as there:
        url = there.url.removesuffix("/in")
        automation_of(shop, into(storage_of(shop, "s3", {**S3, "endpoint": url}, "sEcReT")))
        event = happen(shop)
        still.goes_on(seconds=1)
    (request,) = there.requests
    assert request.line == "PUT /orders/desks/desk/c1.json HTTP/1.1"
    assert orjson.loads(request.body) == event.envelope()
    # Signed anew by who knows the secret, at the time that stands in it, it is the same signature.
    named = re.search(r"SignedHeaders=([\w;-]+)", request.headers["authorization"])[1].split(";")
    told = {name: request.headers[name] for name in named if name != "host"}
    again = Request(
        "PUT", f"{url}/orders/desks/desk/c1.json", data=request.body, headers=told
    ).prepare()
    AWS4Auth("AKIDEXAMPLE", "sEcReT", "eu-central-1", "s3", include_hdrs=set(named))(again)
    assert again.headers["Authorization"] == request.headers["authorization"]
    assert "x-amz-content-sha256" in named
    assert Step.objects.get().output["file"] == "orders/desks/desk/c1.json"


@pytest.mark.parametrize(
    ("status", "state"), [(403, "failed"), (404, "failed"), (500, "waiting"), (429, "waiting")]
)
def test_what_s3_refuses_is_tried_again_where_that_may_help(
    shop, automation_of, still, status, state
):
    with receiver(saying(status, body="<Error/>")) as there:
        storage = storage_of(
            shop, "s3", {**S3, "endpoint": there.url.removesuffix("/in")}, "sEcReT"
        )
        automation_of(shop, into(storage))
        happen(shop)
        still.goes_on(seconds=1)
    assert Run.objects.get().state == state
    step = Step.objects.get()
    assert (step.told, step.tries.get().answer) == (f"127.0.0.1 answered {status}.", "<Error/>")


# -- SFTP


def test_sftp_is_given_a_file_by_password(shop, automation_of, still, server):
    automation_of(shop, into(sftp_of(shop, server, folder="in/orders")))
    event = happen(shop)
    still.goes_on(seconds=1)
    assert Step.objects.get().told == "in/orders/desk/c1.json is in Archive."
    (found,) = [path for path in server.folder.rglob("*") if path.is_file()]
    assert found == server.folder / "in/orders/desk/c1.json"
    assert orjson.loads(found.read_bytes()) == event.envelope()
    happen(shop)
    still.goes_on(seconds=1)
    assert len([path for path in server.folder.rglob("*") if path.is_file()]) == 1


def test_sftp_is_given_a_file_by_key(shop, automation_of, still, server, key):
    pem = io.StringIO()
    key.write_private_key(pem)
    automation_of(shop, into(sftp_of(shop, server, pem.getvalue())))
    happen(shop)
    still.goes_on(seconds=1)
    assert (Step.objects.get().state, server.logins[-1]) == ("done", "maria by key")


def test_a_server_with_another_key_is_given_nothing(shop, automation_of, still, server):
    automation_of(shop, into(sftp_of(shop, server, host_key=HOST_KEY)))
    happen(shop)
    still.goes_on(seconds=1)
    assert "shows another key: SHA256:" in Step.objects.get().told
    assert Run.objects.get().state == "failed"
    assert server.logins == []


def test_a_wrong_password_is_not_tried_again(shop, automation_of, still, server):
    automation_of(shop, into(sftp_of(shop, server, "wrong")))
    happen(shop)
    still.goes_on(seconds=1)
    assert (Run.objects.get().state, Step.objects.get().told) == (
        "failed",
        "127.0.0.1 takes neither user nor secret.",
    )


def test_sftp_leads_into_no_private_network(shop, automation_of, still, server, settings):
    storage = sftp_of(shop, server)
    settings.EGRESS_ALLOWED = []
    automation_of(shop, into(storage))
    happen(shop)
    still.goes_on(seconds=1)
    assert "leads into a private network" in Step.objects.get().told
    assert server.logins == []


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("local", {"folder": "../x"}),
        ("local", {"folder": "/etc/../x"}),
        ("s3", {**S3, "endpoint": "http://10.0.0.1"}),
        ("s3", {**S3, "endpoint": "https://s3.example/bucket"}),
        ("s3", {**S3, "endpoint": "file:///etc"}),
        ("s3", {**S3, "endpoint": "https://s3.example", "bucket": "a/b"}),
        ("sftp", {"host": "a b", "host_key": HOST_KEY, "user": "maria"}),
        ("sftp", {"host": "files.example", "host_key": "MD5:aa", "user": "maria"}),
        ("ftp", {}),
    ],
)
def test_a_storage_that_cannot_be_is_refused(shop, folder, settings, kind, said):
    settings.EGRESS_ALLOWED = []
    with pytest.raises(Refusal):
        storage_of(shop, kind, said, "secret")


def test_a_secret_is_sealed_and_kept_for_whom_it_was_given(shop):
    storage = storage_of(shop, "s3", {**S3, "endpoint": "https://s3.example"}, "sEcReT")
    assert b"sEcReT" not in bytes(storage.secret)
    sealed = bytes(storage.secret)
    wish = {**S3, "endpoint": "https://s3.example", "folder": "else"}
    assert bytes(keep_storage(storage, StorageWish("Archive", "s3", wish)).secret) == sealed
    with pytest.raises(Refusal, match="Secret key is needed"):
        keep_storage(
            storage, StorageWish("Archive", "s3", {**wish, "endpoint": "https://other.example"})
        )
