"""Why nothing is sent, or sent again."""

from catalog.errors import Refusal


class EndpointDisabled(Refusal):
    """The endpoint is disabled, so nothing is sent to it. Enable it first; that also tries whether
    it works again.
    """

    slug = "endpoint-disabled"
    title = "The endpoint is disabled"
    status = 409
