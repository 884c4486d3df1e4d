"""The forms of a page as a browser would send them."""

from html.parser import HTMLParser


class Forms(HTMLParser):
    """What the inputs of a page hold that a browser would send."""

    def __init__(self, text: str, prefix: str = "") -> None:
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        self.area: str | None = None
        self.select: str | None = None
        # Rows that scripts copy are sent by nobody; they are read on request.
        self.prefix = prefix
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "textarea":
            self.area = name
            self.sent.setdefault(name, [""])
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and "selected" in given:
            self.sent.setdefault(self.select, []).append(given.get("value") or "")
        elif (
            tag == "input"
            and name
            and (self.prefix or "__prefix__" not in name)
            and name != "action"
        ):
            kind = given.get("type", "text")
            if kind in ("submit", "file") or (
                kind in ("checkbox", "radio") and "checked" not in given
            ):
                return
            self.sent.setdefault(name, []).append(
                given.get("value") or ("on" if kind == "checkbox" else "")
            )

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.area = None
        if tag == "select":
            self.select = None

    def handle_data(self, data: str) -> None:
        if self.area:
            self.sent[self.area] = [self.sent[self.area][0] + data.removeprefix("\n")]
