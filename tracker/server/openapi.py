"""What the door answers, as OpenAPI 3.1: made from the hooks that are there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tracker import __version__
from tracker.server.answers import JSON, TEXT
from tracker.server.doors import Hook
from tracker.server.metrics import MEDIA

Schema = dict[str, Any]


def document(hooks: Iterable[Hook]) -> dict[str, Any]:
    paths: dict[str, Any] = {f"/hooks/{hook.name}": _hook(hook) for hook in hooks}
    paths["/c/{code}"] = _links()
    paths["/healthz"] = _both("The process lives.", {"200": _json({"ok": _flag()})})
    paths["/readyz"] = _both(
        "Deliveries can be kept.",
        {"200": _json({"ready": _flag()}), "503": _json(_not_ready())},
    )
    paths["/metrics"] = _both(
        "Figures in the text form of Prometheus.",
        {"200": {"description": "Figures.", "content": {MEDIA: {}}}, "403": _error()},
    )
    paths["/openapi.json"] = _both("This document.", {"200": _any()})
    return {
        "openapi": "3.1.0",
        "info": {"title": "Ambassador Tracker", "version": __version__},
        "paths": paths,
    }


def _hook(hook: Hook) -> dict[str, Any]:
    found = {"post": _delivery(hook)}
    if hook.greeting:
        responses = {
            "200": {
                "description": "This address is ours.",
                "content": {JSON: {}, TEXT: {"schema": {"type": "string"}}},
            },
            "403": _error("Not the word that was agreed."),
            "503": _error("Its secret is not there."),
        }
        found["get"] = _both("Handshake of the platform.", responses)["get"]
    return found


def _delivery(hook: Hook) -> dict[str, Any]:
    return {
        "summary": f"A signed delivery for the source {hook.name}.",
        "requestBody": {"required": True, "content": {JSON: {"schema": {}}}},
        "responses": {
            "200": _json({"kept": _flag()}, "It is on the disk."),
            "400": _error("No strict JSON, or no HTTP."),
            "401": _error("Not signed as agreed."),
            "408": _error("It took too long."),
            "413": _error("The body is too large."),
            "431": _error("The headers are too large."),
            "503": _error("It cannot be kept now; send it again later."),
        },
    }


def _links() -> dict[str, Any]:
    code = {
        "name": "code",
        "in": "path",
        "required": True,
        "schema": {"type": "string"},
    }
    responses = {"404": _error("There is no such link.")}
    return {"parameters": [code], **_both("A tracked link.", responses)}


def _both(summary: str, responses: Mapping[str, Any]) -> dict[str, Any]:
    """GET, and HEAD which answers the same without a body."""
    heads = {
        status: {"description": answer["description"]}
        for status, answer in responses.items()
    }
    return {
        "get": {"summary": summary, "responses": dict(responses)},
        "head": {"summary": summary, "responses": heads},
    }


def _flag() -> Schema:
    return {"type": "boolean"}


def _not_ready() -> Mapping[str, Schema]:
    reasons = {"type": "array", "items": {"type": "string"}}
    return {"ready": _flag(), "because": reasons}


def _json(properties: Mapping[str, Schema], description: str = "Yes.") -> Schema:
    schema = {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }
    return {"description": description, "content": {JSON: {"schema": schema}}}


def _error(description: str = "Refused.") -> Schema:
    schema = {
        "type": "object",
        "properties": {"error": {"type": "string"}},
        "required": ["error"],
    }
    return {"description": description, "content": {JSON: {"schema": schema}}}


def _any() -> Schema:
    return {"description": "JSON.", "content": {JSON: {"schema": {"type": "object"}}}}
