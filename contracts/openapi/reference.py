"""The reference page: the document as one HTML file that loads nothing and runs no script."""

import json
from html import escape
from pathlib import Path
from typing import Any

from contracts.openapi.markup import inline, paragraphs

Json = dict[str, Any]
_STYLE = Path(__file__).with_suffix(".css")
_VERBS = ("get", "post", "put", "patch", "delete")


def page(document: Json) -> str:
    """The whole page."""
    groups = _by_tag(document)
    info = document["info"]
    sections = "".join(_group(tag, groups[tag["name"]], document) for tag in document["tags"] if tag["name"] in groups)
    schemas = "".join(_schema(name, schema) for name, schema in document["components"]["schemas"].items())
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(info['title'])} API</title>\n<style>\n{_STYLE.read_text()}</style>\n</head>\n<body>\n"
        f"<nav>{_contents(document['tags'], groups)}</nav>\n<main>\n"
        f'<header><h1>{escape(info["title"])} API</h1><p class="quiet">Version {escape(info["version"])} · '
        '<a href="/openapi.json">OpenAPI 3.1 document</a></p>'
        f"{paragraphs(info['description'])}</header>\n{sections}"
        f'<section id="schemas"><h2>Schemas</h2>{schemas}</section>\n</main>\n</body>\n</html>\n'
    )


def _by_tag(document: Json) -> dict[str, list[tuple[str, str, Json]]]:
    groups: dict[str, list[tuple[str, str, Json]]] = {}
    for path, operations in document["paths"].items():
        for verb in _VERBS:
            if verb in operations:
                operation = operations[verb]
                groups.setdefault(operation["tags"][0], []).append((verb, path, operation))
    return groups


def _contents(tags: list[Json], groups: dict[str, list[tuple[str, str, Json]]]) -> str:
    parts = ['<p class="brand">Souk</p>']
    for tag in tags:
        entries = "".join(
            f'<li><a href="#{escape(operation["operationId"])}">{_verb(verb)}{escape(_short(path))}</a></li>'
            for verb, path, operation in groups.get(tag["name"], [])
        )
        parts.append(f"<details open><summary>{escape(tag['name'])}</summary><ul>{entries}</ul></details>")
    parts.append('<p><a href="#schemas">Schemas</a></p>')
    return "".join(parts)


def _short(path: str) -> str:
    return path.removeprefix("/api/v1")


def _verb(verb: str) -> str:
    return f'<span class="verb {verb}">{verb.upper()}</span>'


def _group(tag: Json, operations: list[tuple[str, str, Json]], document: Json) -> str:
    body = "".join(_operation(verb, path, operation, document) for verb, path, operation in operations)
    name = escape(tag["name"])
    return f'<section id="{name}"><h2>{name}</h2>{paragraphs(tag["description"])}{body}</section>\n'


def _operation(verb: str, path: str, operation: Json, document: Json) -> str:
    title = f"<h3>{_verb(verb)}<code>{escape(path)}</code></h3>"
    parts = [
        title,
        paragraphs(operation["description"]),
        _facts(operation),
        _parameters(operation.get("parameters", [])),
        _request(operation),
        _answer(operation),
        _errors(operation, document),
    ]
    return f'<article id="{escape(operation["operationId"])}">{"".join(parts)}</article>'


def _facts(operation: Json) -> str:
    who = [policy["who"].lower() for policy in operation.get("x-souk-policy", [])] or ["public"]
    facts = [("who", " or ".join(who)), ("gRPC", operation.get("x-souk-grpc", "")), *_limits(operation)]
    items = "".join(f"<dt>{name}</dt><dd>{escape(text)}</dd>" for name, text in facts if text)
    return f'<dl class="facts">{items}</dl>'


def _limits(operation: Json) -> list[tuple[str, str]]:
    words = {"SAFE": "safe to repeat", "KEY_REQUIRED": "needs an Idempotency-Key"}
    rates = [
        f"{rate['limit']} in {rate['windowSeconds']} s by {rate['by'].lower().replace('_', ' ')}"
        for rate in operation.get("x-souk-rate-limits", [])
    ]
    deadline = operation.get("x-souk-deadline-ms")
    return [
        ("repeating", words.get(operation.get("x-souk-idempotency", ""), "")),
        ("rate limit", "; ".join(rates)),
        ("deadline", f"{deadline / 1000:g} s" if deadline else ""),
    ]


def _parameters(parameters: list[Json]) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(each['name'])}</code>{_required(needed=each.get('required', False))}</td>"
        f"<td>{escape(each['in'])}</td><td>{_kind(each['schema'])}</td>"
        f"<td>{inline(each.get('description', ''))}</td></tr>"
        for each in parameters
    )
    return f"<table><tr><th>Input</th><th>in</th><th>type</th><th></th></tr>{rows}</table>" if rows else ""


def _request(operation: Json) -> str:
    if "requestBody" not in operation:
        return ""
    content = operation["requestBody"]["content"]
    return "".join(_content("Body", kind, media) for kind, media in content.items())


def _answer(operation: Json) -> str:
    answer = operation["responses"]["200"]
    return "".join(_content("Answer", kind, media) for kind, media in answer.get("content", {}).items())


def _content(title: str, kind: str, media: Json) -> str:
    schema = media["schema"]
    head = f'<h4>{title} <span class="quiet">{escape(kind)}</span> {_kind(schema)}</h4>'
    fields = _fields(schema) if "properties" in schema else ""
    return head + fields + _example(media)


def _example(media: Json) -> str:
    if "example" not in media:
        return ""
    text = escape(json.dumps(media["example"], indent=2, ensure_ascii=False))
    return f"<details><summary>Example</summary><pre>{text}</pre></details>"


def _errors(operation: Json, document: Json) -> str:
    rows = "".join(
        f"<tr><td>{escape(status)}</td><td>{inline(_resolved(response, document)['description'])}</td></tr>"
        for status, response in operation["responses"].items()
        if status != "200"
    )
    return f"<details><summary>Other answers</summary><table>{rows}</table></details>" if rows else ""


def _resolved(response: Json, document: Json) -> Json:
    if "$ref" not in response:
        return response
    found: Json = document["components"]["responses"][response["$ref"].rsplit("/", 1)[-1]]
    return found


def _schema(name: str, schema: Json) -> str:
    values = f"<p><code>{escape(' '.join(schema['enum']))}</code></p>" if "enum" in schema else ""
    return (
        f'<article id="schema-{escape(name)}"><h3>{escape(name)}</h3>'
        f"{paragraphs(schema.get('description', ''))}{values}{_fields(schema)}</article>"
    )


def _fields(schema: Json) -> str:
    required = set(schema.get("required", ()))
    rows = "".join(
        f"<tr><td><code>{escape(name)}</code>{_required(needed=name in required)}</td>"
        f"<td>{_kind(field)}</td><td>{inline(field.get('description', ''))}{_rules(field)}</td></tr>"
        for name, field in schema.get("properties", {}).items()
    )
    return f"<table>{rows}</table>" if rows else ""


def _required(*, needed: bool) -> str:
    return ' <span class="needed">required</span>' if needed else ""


def _kind(schema: Json) -> str:
    """The type of a value in a few words, with a link to its schema."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rsplit("/", 1)[-1])
        return f'<a href="#schema-{name}">{name}</a>'
    if schema.get("type") == "array":
        return f"list of {_kind(schema['items'])}"
    if isinstance(schema.get("additionalProperties"), dict) and schema["additionalProperties"]:
        return f"map to {_kind(schema['additionalProperties'])}"
    return escape(" ".join(filter(None, (schema.get("type", "any"), schema.get("format", "")))))


def _rules(field: Json) -> str:
    names = ("minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum", "pattern")
    rules = [f"{name} {field[name]}" for name in names if name in field and field.get("format") != "int64"]
    if "x-souk-personal" in field:
        rules.append("personal data")
    return f' <span class="quiet">{escape(", ".join(rules))}</span>' if rules else ""
