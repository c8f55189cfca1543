"""Calling the API as somebody: a bearer token, JSON in, JSON out."""

import json
from typing import Any

from django.test import Client

from programs.domain import tokens
from programs.models import Member

ROOT = "/api/v1/"


class Caller:
    """`Caller(cast.ana).post("members/", {...})`: paths below `/api/v1/`, answers as Django gives them."""

    def __init__(self, member: Member | None = None, *, scope: str = "write", **headers: str) -> None:
        self.client = Client()
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if member:
            self.token, secret = tokens.make(by=member, name="test", scope=scope)
            self.headers["Authorization"] = f"Bearer {secret}"

    def call(self, method: str, path: str, data: Any = None, **headers: str):
        given = self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        body = {} if data is None else {"data": json.dumps(data), "content_type": "application/json"}
        address = path if path.startswith(("/", "http")) else ROOT + path
        return self.client.generic(method, address, headers=given, **body)

    def get(self, path: str, **headers: str):
        return self.call("GET", path, **headers)

    def post(self, path: str, data: Any = None, **headers: str):
        return self.call("POST", path, data, **headers)

    def put(self, path: str, data: Any = None, **headers: str):
        return self.call("PUT", path, data, **headers)

    def patch(self, path: str, data: Any = None, **headers: str):
        return self.call("PATCH", path, data, **headers)

    def delete(self, path: str, **headers: str):
        return self.call("DELETE", path, **headers)
