"""The API takes tokens, no login sessions: 401. Its two pages about itself are for people signed in."""

from uuid import uuid4

from rules_access import WHO, Row

from coachhub import api_urls

ANY = {"int": 1, "uuid": uuid4(), "anything": "nowhere"}
NO_TOKEN = dict.fromkeys(WHO, 401)
SIGNED_IN = {who: 200 for who in WHO if who != "anonymous"}


def some_args(pattern):
    return [ANY[type(each).__name__.removesuffix("Converter").lower()] for each in pattern.pattern.converters.values()]


def refused(pattern):
    args = some_args(pattern)
    return Row(get=NO_TOKEN, post=NO_TOKEN, args=lambda _world: args)


ROWS = {f"api:{pattern.name}": refused(pattern) for pattern in api_urls.urlpatterns} | {
    "api:docs": Row(get=SIGNED_IN, post_default=405),
    "api:schema": Row(get=SIGNED_IN | {"anonymous": 401}, post_default=405, post={"anonymous": 401}),
}
