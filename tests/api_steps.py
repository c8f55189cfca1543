"""Calling the API as somebody: a bearer token, JSON in, JSON out."""

import json
from typing import Any

from django.core.files import File
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from programs.domain import tokens
from programs.models import Member

ROOT = "/api/v1/"


def body_of(data: Any) -> dict[str, Any]:
    """JSON, or a form where a file is sent."""
    if isinstance(data, dict) and any(isinstance(each, File) for each in data.values()):
        for each in data.values():
            each.seek(0)
        return {"data": encode_multipart(BOUNDARY, data), "content_type": MULTIPART_CONTENT}
    return {"data": json.dumps(data), "content_type": "application/json"}


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
        body = {} if data is None else body_of(data)
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
